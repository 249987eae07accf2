using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using SpendTracker.Budgets;
using SpendTracker.Explorer;
using SpendTracker.Plans;
using SpendTracker.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Pages;

/// <summary>Something that a search found.</summary>
/// <param name="Kind">Like <c>Budgets</c>.</param>
/// <param name="More">What tells it from others of the same name; null where nothing has to.</param>
internal sealed record SearchHit(string Kind, string Name, string Address, string? More = null);

/// <summary>Finds workloads, SKUs, budgets, plans and pages by a part of their name, and an event by its id.</summary>
internal sealed class SearchQuery(
    WorkloadRegistry registry, PriceBook prices, BudgetBook budgets, PlanBook plans, UsageEventQuery events, FilterChoices choices, IAuthorizationService authorization)
{
    /// <summary>Names are shorter.</summary>
    public const int MostLetters = 200;

    /// <summary>Of a kind.</summary>
    private const int Most = 20;

    /// <param name="wanted">A part of a name, however it is capitalised, or an event's id.</param>
    /// <param name="person">Who looks: pages that the person may not open are not found.</param>
    public async Task<IReadOnlyList<SearchHit>> FindAsync(string wanted, ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        List<SearchHit> found = [];
        if (Guid.TryParse(wanted, out var id) && await events.FindAsync(id, cancellationToken) is not (null, { Count: 0 }))
        {
            found.Add(new("Events", id.ToString(), EventLink.ToEvent(id)));
        }

        foreach (var page in PageLink.All.Where(page => Has(page.Words)))
        {
            if (page.Policy is null || (await authorization.AuthorizeAsync(person, null, page.Policy)).Succeeded)
            {
                found.Add(new("Pages", page.Words, page.Path));
            }
        }

        var registered = (await registry.ListAsync(cancellationToken)).ToDictionary(workload => workload.Id);
        found.AddRange((await choices.GetAsync()).Values.GetValueOrDefault("workload", []).Union(registered.Keys)
            .Select(workload => (Id: workload, Details: registered.GetValueOrDefault(workload)))
            .Where(workload => Has(workload.Id) || Has(workload.Details?.Name ?? ""))
            .OrderBy(workload => workload.Details?.Name ?? workload.Id, StringComparer.OrdinalIgnoreCase).Take(Most)
            .Select(workload => new SearchHit(
                "Workloads", workload.Details?.Name ?? workload.Id, Requests.Filters.None.With("workload", workload.Id).Link("/"), workload.Details is { } details ? $"{details.Id}, {details.Team}" : "unregistered")));
        found.AddRange((await prices.ListSkusAsync(wanted, cancellationToken)).Take(Most)
            .Select(sku => new SearchHit("SKUs", sku, $"/price-book?search={Uri.EscapeDataString(sku)}")));
        found.AddRange((await budgets.ListAsync(cancellationToken)).Where(budget => Has(budget.Terms.Name) || Has(budget.Terms.Budget)).Take(Most)
            .Select(budget => new SearchHit("Budgets", budget.Terms.Name, BudgetWords.Link(budget.Terms.Budget), budget.Terms.Budget)));
        found.AddRange((await plans.ListAsync(cancellationToken)).Where(plan => Has(plan.Submitted.Assumptions.Name) || Has(plan.Submitted.Plan)).Take(Most)
            .Select(plan => new SearchHit("Plans", plan.Submitted.Assumptions.Name, PlanWords.Link(plan.Submitted.Plan), plan.Submitted.Plan)));
        return found;

        bool Has(string text) => text.Contains(wanted, StringComparison.OrdinalIgnoreCase);
    }
}
