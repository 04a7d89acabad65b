"""What do the customers' records say?"""
