"""The functions' entry points, and the operations behind them."""
