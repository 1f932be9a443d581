"""Money that comes in: started here, settled here, and never asked for twice."""
