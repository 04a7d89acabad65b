"""Do the coders see the same thing?"""
