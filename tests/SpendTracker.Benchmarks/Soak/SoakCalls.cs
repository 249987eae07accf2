using SpendTracker.Contracts;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>What callers send, from a seed: new events, and old ones again, with the same content or another.</summary>
internal sealed class SoakCalls(Random random)
{
    private static readonly DateTimeOffset First = new(DateTime.UtcNow.Date.AddDays(-70), TimeSpan.Zero);

    private readonly List<SoakEvent> _sent = [];
    private readonly List<SoakCorrection> _corrections = [];
    private readonly Dictionary<int, int> _calls = [];
    private int _keys;

    /// <summary>The next call of a caller: mostly a few events, now and then many.</summary>
    public SoakCall Next(int caller, SoakHost host)
    {
        var number = _calls[caller] = _calls.GetValueOrDefault(caller) + 1;
        if (_sent.Count > 0 && random.Next(6) == 0)
        {
            return new SoakCall(caller, number, host, [], Correction());
        }

        var count = random.Next(10) == 0 ? random.Next(10, 50) : random.Next(1, 4);
        List<SoakEvent> events = [];
        while (events.Count < count)
        {
            switch (random.Next(16))
            {
                case 0 when _sent.Count > 0:
                    events.Add(Earlier());
                    break;
                case 1 when _sent.Count > 0:
                    events.Add(Other(Earlier()));
                    break;
                case 2: // Two of one id in one call.
                    var twin = Fresh($"w{random.Next(8)}");
                    events.AddRange([twin, random.Next(2) == 0 ? twin : Other(twin)]);
                    break;
                default:
                    events.Add(Fresh($"w{random.Next(8)}"));
                    break;
            }
        }

        _sent.AddRange(events);
        return new SoakCall(caller, number, host, events);
    }

    public SoakEvent Fresh(string workload) => new(
        $"k{++_keys}",
        new TokenUsageRecorded(
            workload, (Approach)random.Next(3), "openai", random.Next(4) == 0 ? "unpriced" : "gpt-4o", random.Next(1, 5_000), random.Next(500),
            First.AddDays(20 * random.Next(4))));

    /// <summary>Of what was sent, of what nobody has sent yet, or of what was corrected: the same again, or otherwise.</summary>
    private SoakCorrection Correction()
    {
        if (_corrections.Count > 0 && random.Next(3) == 0)
        {
            return _corrections[random.Next(_corrections.Count)];
        }

        // Named first, since an event that nobody has sent yet must be another than the replacement.
        var replaces = random.Next(2) == 0 ? Fresh($"w{random.Next(8)}") : null;
        var key = random.Next(4) switch
        {
            0 => $"k{_keys + random.Next(1, 60)}",
            1 when _corrections.Count > 0 => _corrections[random.Next(_corrections.Count)].Key,
            _ => Earlier().Key,
        };
        var correction = new SoakCorrection(key, $"reason {_corrections.Count}", replaces);
        _corrections.Add(correction);
        if (correction.Replacement is { } replacement)
        {
            _sent.Add(replacement); // So it is sent as usage, too, and with another content, and is corrected in turn.
        }

        return correction;
    }

    public string FreshKey() => $"k{++_keys}";

    /// <summary>Often one of the last, which somebody else may be sending at this very moment.</summary>
    private SoakEvent Earlier() => _sent[random.Next(2) == 0 ? random.Next(_sent.Count) : random.Next(Math.Max(0, _sent.Count - 40), _sent.Count)];

    /// <summary>The same id with another content, and so sometimes in another stream.</summary>
    private SoakEvent Other(SoakEvent sent) => sent with
    {
        Usage = random.Next(2) == 0
            ? sent.Usage with { InputTokens = sent.Usage.InputTokens + 1 }
            : sent.Usage with { Workload = $"w{random.Next(8)}", OutputTokens = sent.Usage.OutputTokens + 1 },
    };
}
