using System.Net;

namespace SpendTracker.Web.Access;

/// <summary>
/// Tells of keys that are unknown, wrong or revoked: the first at once, then once a minute how many there were. A guesser must not
/// fill the log, and who still uses a revoked key must be found. A key's id is no secret; what is not shaped like a key is not told.
/// </summary>
internal sealed class UnknownKeys(TimeProvider clock, ILogger<UnknownKeys> logger) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private ITimer? _minute;
    private long _count;
    private string _last = "";

    public void Note(string presented, IPAddress? address)
    {
        lock (_lock)
        {
            _last = $"from {address}{(presented.Split('_') is ["spend", { Length: 12 } id, _] && id.All(char.IsAsciiHexDigitLower) ? $" with the id {id}" : "")}";
            if (_minute is not null)
            {
                _count++;
                return;
            }

            logger.LogWarning("A request presented an API key that is unknown, wrong or revoked, {Last}.", _last);
            _minute = clock.CreateTimer(_ => Tell(), null, Pause, Pause);
        }
    }

    public void Dispose() => _minute?.Dispose();

    private void Tell()
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                _minute?.Dispose();
                _minute = null;
                return;
            }

            logger.LogWarning("{Count} requests of the last minute presented an API key that is unknown, wrong or revoked, the last {Last}.", _count, _last);
            _count = 0;
        }
    }
}
