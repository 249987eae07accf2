namespace SpendTracker.Benchmarks.Soak;

/// <summary>Something that must hold whatever happens did not.</summary>
internal sealed class InvariantBrokenException(string message, Exception? cause = null) : Exception(message, cause);
