"""The agenda of agents: reads and layout, without HTTP."""
