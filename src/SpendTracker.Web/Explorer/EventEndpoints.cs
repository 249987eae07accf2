using System.Text.Json;
using System.Text.Json.Nodes;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Explorer;

/// <summary>How events become answers.</summary>
internal static class EventAnswers
{
    extension(EventRow)
    {
        public static EventRow Of(UsageEvent e)
        {
            var stored = e.Logged.Stored;
            using var data = JsonDocument.Parse(e.Logged.Json);
            return new EventRow(
                stored.Id, stored.Type, e.Logged.SourceId, e.Logged.Source, stored.RecordedAt, e.Logged.RecordedBy, stored.SeqId, stored.Stream, stored.Version,
                data.RootElement.Clone(), e.Amount, [.. e.Quantities.Select(QuantityRow.Of)], CorrectionRow.Of(e.CorrectedBy), CorrectionRow.Of(e.Replaces));
        }
    }

    extension(QuantityRow)
    {
        public static QuantityRow Of(RatedQuantity rated) => new(
            rated.Quantity.Day, EnumName.Of(rated.Quantity.Component), rated.Quantity.Sku, rated.Price?.Sku ?? rated.Quantity.Sku, rated.Quantity.Meter,
            rated.Quantity.AboveTokens, rated.Quantity.Quantity, rated.Counts, rated.Price?.UnitPrice, rated.Price?.Currency, rated.Price?.ExchangeRate,
            rated.Price?.Source, rated.Price?.Free, rated.Amount, rated.IsUnpriced, rated.IsIncomplete);
    }

    extension(CorrectionRow)
    {
        public static CorrectionRow? Of(Correction? correction) => correction is null ? null : new(
            correction.Id, correction.Data.Corrects, correction.Data.ReplacedBy, correction.Data.Reason, correction.RecordedAt, correction.RecordedBy);
    }
}

/// <summary>The events behind a number over HTTP: the explorer's page as data, under the same parameters.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", GetAsync).RequireAuthorization(Policies.Read).WithName("GetEvents")
            .WithMetadata(new ExpensiveQuery(query => string.IsNullOrWhiteSpace(query["id"])), new TakenParameters([.. EventQuestion.Parameters]), new EarlierShape(Earlier))
            .AsFile<EventsResponse>("events", EventSheet.Of).ProducesProblem(404);

    /// <summary>List events, newest first, 50 unless `limit` is given, 1,000 in a file. Of all workloads, narrowed as asked; or, with one `workload` and its `month` (the current one if it is left out), those that its cost is the sum of; or one event with its correction, by `id`.</summary>
    internal static async Task<IResult> GetAsync(
        HttpRequest request, [AsParameters] PageAsked page, UsageEventQuery query, NewestEventQuery newest, WorkloadRegistry registry, CostLineQuery lines, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var question = EventQuestion.Of(request.Query);
        var check = new FieldCheck();
        foreach (var name in question.Asked.Keys.Where(name => !CostDimension.IsTag(name) && !EventQuestion.ApiParameters.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            check.That(name, false, $"Not a parameter here; these are {string.Join(", ", EventQuestion.ApiParameters)}."); // Misspelt, it would list too much.
        }

        return question.IsList ? await NewestAsync(question, request, page, check, newest, registry, days, settings, cancellationToken)
            : question.Id is null
            ? await ListAsync(question, page, check, query, lines, days, settings, cancellationToken)
            : await FindAsync(question, check, query, settings, cancellationToken);
    }

    /// <summary>Older and newer events had addresses instead of cursors.</summary>
    private static JsonObject Earlier(JsonNode node, HttpRequest request)
    {
        var answer = node.AsObject();
        EarlierShape.Rename(answer, "items", "events");
        foreach (var (name, earlier) in (ReadOnlySpan<(string, string)>)[("next", "older"), ("previous", "newer")])
        {
            if (answer[name] is { } cursor && PageAsked.TryOpen(cursor.GetValue<string>(), out var place) && place![0] != EventQuestion.BeforeSeqId)
            {
                var asked = request.Query.Where(parameter => parameter.Key is not ("before" or "after" or "cursor" or "limit"));
                answer.Remove(name);
                answer[earlier] = $"/api/v0/events{QueryString.Create(asked).Add(name == "next" ? "before" : "after", place[1..])}";
            }
        }

        return answer;
    }

    /// <summary>Of all workloads.</summary>
    private static async Task<IResult> NewestAsync(
        EventQuestion question, HttpRequest request, PageAsked page, FieldCheck check, NewestEventQuery newest, WorkloadRegistry registry, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var (limit, _) = page.Read(check);
        var before = check.Reasons.Any(reason => reason.Field == "cursor") ? null : EventQuestion.SeqId(page.Cursor, check);
        check.That("source", question.Source is null, "Goes with id only.");
        question.CheckValues(check, request.Query);
        var month = question.Asked.GetValueOrDefault("month");
        check.That("month", month is null || BillingPeriod.TryParse(month, out _), "Must be a month like 2026-01.");
        check.That("month", month is null || !(question.Asked.ContainsKey("from") || question.Asked.ContainsKey("to")), "Goes without from and to.");
        var (first, last) = MonthSpan.ReadOptional(check, question.Asked.GetValueOrDefault("from") ?? month, question.Asked.GetValueOrDefault("to"), BillingPeriod.Of(days.Today));
        var selection = question.Selection(check, first is { } from && last is { } to ? (from, to) : null, await registry.ListAsync(cancellationToken));
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var found = await newest.PageAsync(selection, before, LimitOf(page, limit), cancellationToken);
        return TypedResults.Ok(new EventsResponse(
            settings.ReportingCurrency, settings.ReportingTimeZone.Id, [.. found.Events.Select(EventRow.Of)], null, before is null && found.Older is null,
            found.Older is { } older ? EventQuestion.Cursor(older) : null));
    }

    private static int LimitOf(PageAsked page, int limit) => page.Limit is not null ? limit : FileFormat.IsAsked(page.Context) ? PageAsked.MostLimit : UsageEventQuery.PageSize;

    private static async Task<IResult> ListAsync(
        EventQuestion question, PageAsked page, FieldCheck check, UsageEventQuery query, CostLineQuery lines, KnownOn days, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        question.CheckPlaces(check);
        var (limit, _) = page.Read(check);
        var cursor = question.Place(page.Cursor, check);
        check.That("source", question.Source is null, "Goes with id only.");
        if (await question.FilterAsync(check, days, cancellationToken) is not { } filter)
        {
            return Problems.Of(check.Reasons);
        }

        var hosting = (await lines.ListAsync(filter, cancellationToken)).Any(line => line.Component == Component.Hosting);
        var found = await query.PageAsync(
            filter, cursor?.Place ?? question.After ?? question.Before, cursor?.IsAfter ?? question.After is not null, hosting, LimitOf(page, limit), cancellationToken);
        return TypedResults.Ok(new EventsResponse(
            settings.ReportingCurrency, settings.ReportingTimeZone.Id, [.. found.Events.Select(EventRow.Of)], null, found.Complete,
            found.Older is { } older ? PageAsked.Seal($"{EventQuestion.BeforePlace}{older}") : null, found.Newer is { } newer ? PageAsked.Seal($"{EventQuestion.AfterPlace}{newer}") : null));
    }

    private static async Task<IResult> FindAsync(
        EventQuestion question, FieldCheck check, UsageEventQuery query, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        check.That("id", question.EventId is not null, "Must be an event's id; the caller's own goes with its source.");
        foreach (var name in question.Asked.Keys.Where(name => !name.Equals("id", StringComparison.OrdinalIgnoreCase) && !name.Equals("source", StringComparison.OrdinalIgnoreCase) && !name.Equals("limit", StringComparison.OrdinalIgnoreCase)))
        {
            check.That(name, check.Reasons.Any(reason => reason.Field == name), "Goes without id.");
        }

        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var (correction, events) = await query.FindAsync(question.EventId!.Value, cancellationToken);
        return correction is null && events.Count == 0
            ? TypedResults.Problem("There is no usage event of that id.", statusCode: StatusCodes.Status404NotFound)
            : TypedResults.Ok(new EventsResponse(
                settings.ReportingCurrency, settings.ReportingTimeZone.Id, [.. events.Select(EventRow.Of)], CorrectionRow.Of(correction), Complete: true));
    }
}
