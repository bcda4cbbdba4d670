"""Who finds what the API server refuses: podrunner, and what people use beside it?"""
