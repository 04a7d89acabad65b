"""What customers are worth over time: the models, and `crm clv` on top of them."""
