namespace SpendTracker.Benchmarks;

/// <summary>What was measured did not do what it should, so its figures are worth nothing.</summary>
internal sealed class BenchmarkFailedException(string message) : Exception(message);
