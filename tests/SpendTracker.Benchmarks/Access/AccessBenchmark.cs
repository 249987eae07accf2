using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Benchmarks.Access;

/// <summary>What a look at a key takes that is known, and a look at what a person may: each request pays one, each page some.</summary>
internal sealed class AccessBenchmark(BenchmarkServer server, Report report, bool quick)
{
    private readonly int _times = quick ? 1_000 : 200_000;
    private readonly int _rounds = quick ? 1 : 5;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var database = await server.CreateDatabaseAsync(new(), cancellationToken);
        var services = new ServiceCollection().AddLogging().AddSpendTracker(database);
        services.AddAccess();
        await using (var provider = services.BuildServiceProvider())
        {
            var key = await database.Get<ApiKeys>().IssueAsync("benchmarks", Enum.GetValues<Scope>(), [], anySource: false, new Recorder("command:benchmarks"), cancellationToken);
            var known = provider.GetRequiredService<KnownKeys>();
            var authorization = provider.GetRequiredService<IAuthorizationService>();
            var caller = await known.FindAsync(key, cancellationToken) ?? throw new BenchmarkFailedException("The key is not known.");
            var member = new ClaimsPrincipal(new ClaimsIdentity([new(SignIn.RoleClaim, EnumName.Of(Role.Member)), new(SignIn.TeamClaim, "Search")], "benchmarks"));
            var owned = new OwnedBy(["Search"]);
            report.Table("Access", ["what", "takes", "highest of the rounds"],
            [
                await RowAsync("finding a key that is known", async () => await known.FindAsync(key, cancellationToken) is not null),
                await RowAsync("whether a key may record", async () => (await authorization.AuthorizeAsync(caller, null, Policies.Record)).Succeeded),
                await RowAsync("whether a member may change a budget of the member's team", async () => (await authorization.AuthorizeAsync(member, owned, Policies.Budget)).Succeeded),
            ]);
        }

        await server.DropAsync(database);
    }

    private async Task<string[]> RowAsync(string name, Func<Task<bool>> look)
    {
        var each = new Series();
        for (var round = -1; round < _rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < _times; i++)
            {
                if (!await look())
                {
                    throw new BenchmarkFailedException($"{name}: no.");
                }
            }

            if (round >= 0)
            {
                each.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / _times);
            }
        }

        return [name, Report.Microseconds(each.Median), Report.Microseconds(each.Max)];
    }
}
