using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Commands;

/// <summary><c>keys</c>: issue, rotate, list and revoke API keys.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "API keys.") { Issue(), Rotate(), List(), Revoke() };

    private static Option<DateTimeOffset?> ExpiresOption(string otherwise) => new("--expires")
    {
        Description = $"When the key ends, like 2027-06-30 (in UTC) or 2027-06-30T18:00+02:00; {otherwise}.",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
            {
                return instant;
            }

            result.AddError("--expires: Must be a day or an instant, like 2027-06-30 or 2027-06-30T18:00Z.");
            return null;
        },
    };

    private static Argument<string> IdArgument() => new("id") { Description = "The key's id, from keys list." };

    private static Command Issue()
    {
        var name = new Option<string>("--name") { Required = true, Description = "What the key is for. Ids of its events are unique within this name: it is their source." };
        var scopes = new Option<string[]>("--scope") { Required = true, AllowMultipleArgumentsPerToken = true, Description = "What it may do." };
        scopes.AcceptOnlyFromAmong([.. EnumName.All<Scope>()]);
        var workloads = new Option<string[]>("--workload")
        {
            AllowMultipleArgumentsPerToken = true, Description = "The workloads that it may record and read; any if not given.", DefaultValueFactory = _ => [],
        };
        var anySource = new Option<bool>("--any-source")
        {
            Description = "Let events name any source. For a gateway that records for others; such a key can take ids from their owners.",
        };
        var owner = new Option<string?>("--owner") { Description = "The team to ask about the key." };
        var expires = ExpiresOption("never if not given");
        var perSecond = new Option<int?>("--requests-per-second") { Description = "How many requests a host takes in a second; the host's own limit if not given." };
        var perDay = new Option<int?>("--requests-per-day") { Description = "How many requests it may send in a day of the reporting time zone; any number if not given." };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("issue", "Issue a key. It is shown once.") { name, scopes, workloads, anySource, owner, expires, perSecond, perDay, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var terms = new ApiKeyTerms(
                parsed.GetRequiredValue(name), [.. parsed.GetRequiredValue(scopes).Select(EnumName.Parse<Scope>).Distinct()], parsed.GetRequiredValue(workloads), parsed.GetValue(anySource))
            {
                Owner = parsed.GetValue(owner), ExpiresAt = parsed.GetValue(expires), RequestsPerSecond = parsed.GetValue(perSecond), RequestsPerDay = parsed.GetValue(perDay),
            };
            var keys = opened.Get<ApiKeys>();
            if (keys.Check(terms) is { Count: > 0 } reasons)
            {
                return Refused(reasons);
            }

            Console.WriteLine(await keys.IssueAsync(terms, CommandLine.RecorderOf("keys", parsed.GetValue(by)), cancellationToken));
            if (terms.Scopes.Contains(Scope.Record))
            {
                Console.Error.WriteLine(terms.AnySource
                    ? "Its events may name any source."
                    : $"Its events are of the source '{terms.Name}'; those that name another one are refused. A gateway needs a key with --any-source.");
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Rotate()
    {
        var id = IdArgument();
        var overlap = new Option<double>("--overlap-hours")
        {
            Description = $"How long the secret before is still accepted, 0 to {ApiKeys.LongestOverlap.TotalHours} hours. 0 if it has leaked: all earlier ones end at once.",
            DefaultValueFactory = _ => ApiKeys.Overlap.TotalHours,
        };
        overlap.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is < 0 or > 10_000 or double.NaN)
            {
                result.AddError($"--overlap-hours: Must be from 0 to {ApiKeys.LongestOverlap.TotalHours}.");
            }
        });
        var expires = ExpiresOption("as before if not given");
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("rotate", "Give a key a new secret, under the same id and name. It is shown once.") { id, overlap, expires, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var (keys, hours) = (opened.Get<ApiKeys>(), TimeSpan.FromHours(parsed.GetValue(overlap)));
            if (keys.CheckRotation(hours, parsed.GetValue(expires)) is { Count: > 0 } reasons)
            {
                return Refused(reasons);
            }

            if (await keys.RotateAsync(parsed.GetRequiredValue(id), hours, parsed.GetValue(expires), CommandLine.RecorderOf("keys", parsed.GetValue(by)), cancellationToken) is not { } key)
            {
                return None(parsed.GetRequiredValue(id));
            }

            Console.WriteLine(key);
            Console.Error.WriteLine(hours > TimeSpan.Zero ? $"The secret before is accepted for another {hours.TotalHours:0.##} hours." : "The secret before is accepted no longer than two seconds.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command List()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List the keys; never their secrets.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var now = opened.Get<TimeProvider>().GetUtcNow();
            var used = await opened.Get<ApiKeyUses>().LastAsync(cancellationToken);
            var table = new Table().AddColumns("Id", "Name", "Owner", "Scopes", "Workloads", "Sources", "Issued", "Rotated", "Expires", "Last used", "A second", "A day", "Revoked");
            foreach (var key in await opened.Get<ApiKeys>().ListAsync(cancellationToken))
            {
                table.AddRow(
                    key.Id, Markup.Escape(key.Name), Markup.Escape(key.Owner ?? ""), string.Join(", ", key.Scopes.Select(EnumName.Of)),
                    key.IsBound ? Markup.Escape(string.Join(", ", key.Workloads)) : "any", key.AnySource ? "any" : "own", key.IssuedAt.ToString("u"), Text(key.RotatedAt), Text(key.ExpiresAt),
                    used.TryGetValue(key.Id, out var use) ? Text(use.LastUsedAt) : "never", Text(key.RequestsPerSecond), Text(key.RequestsPerDay),
                    key.Revoked ? "yes" : key.IsExpired(now) ? "expired" : "");
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Revoke()
    {
        var id = IdArgument();
        var reason = CommandLine.ReasonOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("revoke", "Revoke a key. It stops working within two seconds.") { id, reason, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            await opened.Get<ApiKeys>().RevokeAsync(
                parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), CommandLine.RecorderOf("keys", parsed.GetValue(by)), cancellationToken)
                ? 0
                : None(parsed.GetRequiredValue(id)), cancellationToken));
        return command;
    }

    private static string Text(DateTimeOffset? instant) => instant?.ToString("u") ?? "";

    private static string Text(int? number) => number?.ToString("#,0", CultureInfo.InvariantCulture) ?? "";

    private static int None(string id) => CommandLine.Fail($"No key '{id}' is in force.");

    private static int Refused(IEnumerable<FieldReason> reasons) => CommandLine.Fail(string.Join(Environment.NewLine, reasons.Select(reason => $"--{reason.Field}: {reason.Reason}")));
}
