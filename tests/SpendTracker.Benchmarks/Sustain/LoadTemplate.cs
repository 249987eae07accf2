using SpendTracker.Benchmarks.Append;

namespace SpendTracker.Benchmarks.Sustain;

/// <summary>A request that is sent again and again, its events under new ids each time: to make new ones would take the host's share of the cores.</summary>
internal sealed class LoadTemplate
{
    private readonly int[] _ids;

    public LoadTemplate(string key, string[] events)
    {
        Request = LoadRequest.Of(key, events);
        _ids = [.. IdsOf(Request.Bytes)];
        if (_ids.Length != events.Length)
        {
            throw new BenchmarkFailedException($"{events.Length} events have {_ids.Length} ids.");
        }
    }

    public LoadRequest Request { get; }

    public void Renew()
    {
        foreach (var id in _ids)
        {
            Guid.CreateVersion7().TryFormat(Request.Bytes.AsSpan(id), out _);
        }
    }

    private static List<int> IdsOf(ReadOnlySpan<byte> request)
    {
        var name = "\"id\":\""u8;
        List<int> ids = [];
        for (var at = 0; request[at..].IndexOf(name) is var next and >= 0;)
        {
            at += next + name.Length;
            ids.Add(at);
        }

        return ids;
    }
}
