"""How does a published model compare here?"""
