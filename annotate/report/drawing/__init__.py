"""Static SVG drawings, small, readable in black and white."""
