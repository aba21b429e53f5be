"""How a message comes in: kept raw first, understood afterwards, by a task that can be replayed.

`arrivee` keeps it, `traitement` claims and reads it, `aiguillage` decides what it is; `smtp` and `imap` are doors.
"""
