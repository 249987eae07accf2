using System.Runtime.InteropServices;
using System.Security.Claims;

namespace SpendTracker.Web.Access;

/// <summary>
/// Tells of requests that were refused: what a caller may not do, what breaks rules, what is too much. Of each caller and status the first one
/// at once, then once a minute how many more there were. Who tries things out is found, and does not fill the log. What was sent is not told.
/// </summary>
internal sealed class RefusedRequests(TimeProvider clock, ILogger<RefusedRequests> logger) : IDisposable
{
    private const int MostCallers = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    /// <summary>By caller and status: how many after the first one, and where the last of them was.</summary>
    private readonly Dictionary<(string Who, int Status), (long Count, string Where)> _minute = [];
    private ITimer? _timer;

    public void Note(HttpContext context, int status)
    {
        if (status is not (StatusCodes.Status400BadRequest or StatusCodes.Status403Forbidden or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType
            or StatusCodes.Status429TooManyRequests))
        {
            return; // Unknown keys are told by themselves; other statuses are no attempt at anything.
        }

        var where = $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "an address that is not there"}";
        lock (_lock)
        {
            var who = context.User.FindFirstValue(ApiClaims.RecordedBy) ?? $"A caller from {Remote.Of(context) ?? "somewhere"}";
            ref var noted = ref CollectionsMarshal.GetValueRefOrAddDefault(_minute, (_minute.Count < MostCallers ? who : "Others", status), out var isKnown);
            if (isKnown)
            {
                noted = (noted.Count + 1, where);
                return;
            }

            noted = (0, where);
            logger.LogWarning("{Who} was refused with {Status} at {Where}.", who, status, where);
            _timer ??= clock.CreateTimer(_ => Tell(), null, Pause, Pause);
        }
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Tells how many more there were, and begins anew.</summary>
    internal void Tell()
    {
        lock (_lock)
        {
            foreach (var ((who, status), (count, where)) in _minute.Where(noted => noted.Value.Count > 0))
            {
                logger.LogWarning("{Who} was refused with {Status} {Count} more times in the last minute, the last at {Where}.", who, status, count, where);
            }

            _minute.Clear();
        }
    }
}
