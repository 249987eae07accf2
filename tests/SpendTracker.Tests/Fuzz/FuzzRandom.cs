namespace SpendTracker.Tests.Fuzz;

/// <summary>Random choices that are the same for the same seed.</summary>
internal sealed class FuzzRandom(int seed)
{
    private static readonly string[] Segments = ["b", "c", "support-chat", "2026-01", "2026-13", "0001-01", "9999-12", "%20", "%0A", "%00", "%FF", "%ED%A0%80", "..", "a%2Fb", "A", "%F0%9F%92%B8", new string('x', 300)];

    private static readonly string[] Usual =
    [
        "2026-01", "2026-10", "2026-01-31", "2026-11-01", "support-chat", "w", "openai/gpt-4o", "input-tokens", "usage", "hosting", "hybrid", "true", "false", "json", "csv",
        "open", "all", "month", "team,component", "workload,month,model", "team=Support", "tag.product=x", "1", "USD", "openai", "(none)", "2026-01.42",
    ];

    private static readonly string[] Odd =
    [
        "", "%20", "x", "%00", "%0A", "%7F", "%FF", "%ED%A0%80", "%F0%9F%92%B8", "%E2%80%AE", "%", "%zz", "+", "*", ",", "=", "a=b=c", "%27", "%25", "_", "%5C", "-1", "0", "99999999999999999999",
        "0001-01", "0001-01-01", "9999-12", "9999-12-31", "2000-01-01", "2000-01", "2199-12-31", "2199-12", "2200-01", "2026-02-30", "2026-01.-1", "2026-01.9223372036854775807", "9999-12.1", "00000000-0000-0000-0000-000000000000",
        new string('x', 5_000),
    ];

    private readonly Random _random = new(seed);

    public int Below(int limit) => _random.Next(limit);

    public bool Happens(int percent) => _random.Next(100) < percent;

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    public Guid Guid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>A part of a path, percent-encoded.</summary>
    public string Segment() => Happens(50) ? OneOf<string>(["b", "c", "2026-01"]) : OneOf(Segments);

    /// <summary>A value of a query, percent-encoded.</summary>
    public string QueryValue() => Happens(10) ? Guid().ToString() : OneOf(Happens(50) ? Usual : Odd);
}
