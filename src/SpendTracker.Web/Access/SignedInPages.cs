using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SpendTracker.Access;
using SpendTracker.Log;

namespace SpendTracker.Web.Access;

/// <summary>
/// Who looks at a page. An open page makes no requests, so its session is looked up each second, for all open pages at once, and
/// before the page is clicked. Where the session has ended, the page says so and does nothing any more; a changed role holds.
/// </summary>
internal sealed class PagePerson(KnownSessions sessions) : ServerAuthenticationStateProvider
{
    /// <summary>A burst of clicks and moves of the pointer is looked up once.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private long? _lookedUp;

    /// <summary>Looks up the session, and takes over what it says.</summary>
    /// <returns>Whether it holds.</returns>
    public async Task<bool> HoldsAsync(CancellationToken cancellationToken)
    {
        if (KnownSessions.Named(await UserAsync()) is not { } named)
        {
            return false;
        }

        if (_lookedUp is not { } at || Stopwatch.GetElapsedTime(at) >= Fresh)
        {
            var now = Stopwatch.GetTimestamp();
            await TakeOverAsync((await sessions.FindAsync([named], isUse: true, cancellationToken)).GetValueOrDefault(named.Id));
            _lookedUp = now;
        }

        return KnownSessions.Named(await UserAsync()) is not null;
    }

    /// <param name="session">As it is now; null once it has ended, which is for good.</param>
    public async Task TakeOverAsync(Session? session)
    {
        var user = await UserAsync();
        if (KnownSessions.Named(user) is null)
        {
            return;
        }

        var person = session is null ? new ClaimsPrincipal(new ClaimsIdentity()) : await sessions.PrincipalOfAsync(session, user.FindFirstValue(ApiClaims.From), CancellationToken.None);
        if (!Permitting(user).SequenceEqual(Permitting(person)))
        {
            SetAuthenticationState(Task.FromResult(new AuthenticationState(person)));
        }
    }

    /// <summary>What decides on what the person may do.</summary>
    private static IEnumerable<string> Permitting(ClaimsPrincipal person) => person.FindAll(claim => claim.Type is SignIn.RoleClaim or SignIn.TeamClaim).Select(claim => claim.Value);

    public async Task<ClaimsPrincipal> UserAsync() => (await GetAuthenticationStateAsync()).User;
}

/// <summary>Notes a page while it is connected, and lets through what it asks for while its session holds.</summary>
internal sealed class PageGuard(PagePerson person, SignedInPages pages) : CircuitHandler
{
    private readonly InOrder _inOrder = new();

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        pages.Add(person);
        return Task.CompletedTask;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        pages.Remove(person);
        return Task.CompletedTask;
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        context => _inOrder.RunAsync(() => person.HoldsAsync(CancellationToken.None), () => next(context));
}

/// <summary>Begins things in the order in which they came, whatever time it takes to decide on each: a button is pressed after its field was filled in.</summary>
internal sealed class InOrder
{
    private Task _before = Task.CompletedTask;

    /// <summary>Runs something if it may. The next may begin once this has begun; it may have to, for this to end.</summary>
    public async Task RunAsync(Func<Task<bool>> may, Func<Task> run)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Interlocked.Exchange(ref _before, begun.Task);
        var running = Task.CompletedTask;
        try
        {
            running = await may() ? run() : running;
        }
        finally
        {
            begun.SetResult();
        }

        await running;
    }
}

/// <summary>The open pages of this host. Their sessions are looked up each second, with one statement.</summary>
internal sealed class SignedInPages(KnownSessions sessions) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<PagePerson, bool> _pages = [];

    public void Add(PagePerson page) => _pages[page] = true;

    public void Remove(PagePerson page) => _pages.TryRemove(page, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception fault) when (PassingFault.Is(fault))
            {
                // The database is away. The daemon reports the outage.
            }
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        List<(PagePerson Page, (string Id, string Person) Named)> open = [];
        foreach (var page in _pages.Keys)
        {
            if (KnownSessions.Named(await page.UserAsync()) is { } named)
            {
                open.Add((page, named));
            }
        }

        var holding = open.Count == 0 ? null : await sessions.FindAsync([.. open.Select(page => page.Named).Distinct()], isUse: false, cancellationToken);
        foreach (var (page, named) in open)
        {
            await page.TakeOverAsync(holding!.GetValueOrDefault(named.Id));
        }
    }
}
