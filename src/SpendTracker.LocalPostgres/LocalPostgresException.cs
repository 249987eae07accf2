namespace SpendTracker.LocalPostgres;

/// <summary>PostgreSQL could not be found, fetched, started or stopped. The message says what to do next and holds no secret.</summary>
public sealed class LocalPostgresException : Exception
{
    /// <summary>No message: only for the language's conventions.</summary>
    public LocalPostgresException()
    {
    }

    /// <param name="message">What happened and what to do next.</param>
    public LocalPostgresException(string message)
        : base(message)
    {
    }

    /// <param name="message">What happened and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public LocalPostgresException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
