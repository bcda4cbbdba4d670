"""How anything is shown or written: terminals, files and paths."""
