using System.Threading.RateLimiting;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace SpendTracker.Web.Access;

/// <summary>
/// The provider's discovery document and keys: read when they are first needed, each hour, and at once if a token is signed by a key
/// that is not among them. The library's own class reads them in the background then, and the sign-in that met the new key fails.
/// </summary>
internal sealed class ProviderConfiguration(string address, IDocumentRetriever documents, TimeProvider clock) : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>If they cannot be read anew, those of before hold, and reading is tried again after this time.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private OpenIdConnectConfiguration? _known;
    private DateTimeOffset _due;

    /// <summary>That they are to be read anew, as was asked since the last reading began: one that is under way may be of before.</summary>
    private volatile bool _asked;

    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (_known is not null && !_asked && clock.GetUtcNow() < _due)
            {
                return _known;
            }

            _asked = false;
            _known = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, cancel);
            _due = clock.GetUtcNow() + Fresh;
        }
        catch (Exception fault) when (_known is not null && ProviderSignIn.IsAway(fault) && !cancel.IsCancellationRequested)
        {
            _due = clock.GetUtcNow() + Retry;
        }
        finally
        {
            _one.Release();
        }

        return _known;
    }

    public override async Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => await GetConfigurationAsync(cancel);

    public override void RequestRefresh() => _asked = true;

    public void Dispose() => _one.Dispose();
}

/// <summary>The same for what anybody may send: tokens that nobody signed must not have the provider asked for its keys each time.</summary>
internal sealed class GuardedConfiguration(ProviderConfiguration configuration) : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private readonly TokenBucketRateLimiter _refreshes = new(new() { TokenLimit = 10, TokensPerPeriod = 10, ReplenishmentPeriod = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) => configuration.GetConfigurationAsync(cancel);

    public override Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => configuration.GetBaseConfigurationAsync(cancel);

    public override void RequestRefresh()
    {
        using var lease = _refreshes.AttemptAcquire();
        if (lease.IsAcquired)
        {
            configuration.RequestRefresh();
        }
    }

    public void Dispose() => _refreshes.Dispose();
}
