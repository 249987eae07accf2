namespace SpendTracker.Log;

/// <summary>What a caller expects of a stream's version before it changes something: a version, 0 for none, or null for whatever there is.</summary>
public static class StreamVersion
{
    /// <summary>Expects that there is one, at whatever version.</summary>
    public const int Any = -1;

    /// <summary>Whether a version is the expected one.</summary>
    /// <param name="version">0 where there is none.</param>
    public static bool Is(int? expected, int version) => expected is null || (expected == Any ? version > 0 : expected == version);
}
