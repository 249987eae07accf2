using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>
/// Counts the pages that are open: each keeps its state here, for as long as its browser shows it and three minutes more. Beyond a
/// limit, a page says that there are too many instead of taking memory from those who record.
/// </summary>
/// <param name="most">Open at a time.</param>
public sealed class OpenPages(int most)
{
    private int _open;

    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= most)
        {
            return true;
        }

        Close();
        return false;
    }

    public void Close() => Interlocked.Decrement(ref _open);

    /// <summary>Says it before the page is made. Pages that need no connection are always shown.</summary>
    public Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var connects = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && context.AcceptsInteractiveRouting();
        if (!connects || Volatile.Read(ref _open) < most)
        {
            return next(context);
        }

        context.Response.Headers.RetryAfter = "60";
        return PlainPage.Of(
            "Too many pages are open",
            $"This host shows {most:#,0} pages already, which is its limit. Close a page that you do not need, and load this one again in some minutes.",
            null, null, StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
    }
}

/// <summary>One page's connection.</summary>
internal sealed class OpenPage(OpenPages pages) : CircuitHandler
{
    private bool _isCounted;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _isCounted = pages.TryOpen();
        return _isCounted ? Task.CompletedTask : throw new InvalidOperationException("Too many pages are open.");
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_isCounted)
        {
            _isCounted = false;
            pages.Close();
        }

        return Task.CompletedTask;
    }
}
