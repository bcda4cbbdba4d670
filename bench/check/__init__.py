"""How fast is `podrunner check`, and how fast is what people use without it?"""
