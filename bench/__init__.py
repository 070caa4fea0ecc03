"""`make bench`: what an operation costs, beside what people would use instead (docs/performance.md)."""
