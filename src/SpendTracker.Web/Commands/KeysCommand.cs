using System.CommandLine;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Web.Commands;

/// <summary><c>keys</c>: issue, list and revoke API keys.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "API keys.") { Issue(), List(), Revoke() };

    private static Recorder RecorderOf(string? by) => new(CommandLine.RecordedBy("keys", by));

    private static Command Issue()
    {
        var name = new Option<string>("--name") { Required = true, Description = "What the key is for. Ids of its events are unique within this name: it is their source." };
        var scopes = new Option<string[]>("--scope") { Required = true, AllowMultipleArgumentsPerToken = true, Description = "What it may do." };
        scopes.AcceptOnlyFromAmong([.. EnumName.All<Scope>()]);
        var workloads = new Option<string[]>("--workload") { AllowMultipleArgumentsPerToken = true, Description = "The workloads that it may record for; any if not given.", DefaultValueFactory = _ => [] };
        var anySource = new Option<bool>("--any-source")
        {
            Description = "Let events name any source. For a gateway that records for others; such a key can take ids from their owners.",
        };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("issue", "Issue a key. It is shown once.") { name, scopes, workloads, anySource, by, demo };
        command.SetAction((parsed, cancellationToken) =>
        {
            Scope[] wanted = [.. parsed.GetRequiredValue(scopes).Select(EnumName.Parse<Scope>).Distinct()];
            var bound = parsed.GetRequiredValue(workloads);
            var reasons = ApiKeys.Check(parsed.GetRequiredValue(name), wanted, bound);
            return reasons.Count > 0
                ? Task.FromResult(CommandLine.Fail(string.Join(Environment.NewLine, reasons.Select(reason => $"--{reason.Field}: {reason.Reason}"))))
                : CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
                {
                    Console.WriteLine(await opened.Get<ApiKeys>().IssueAsync(
                        parsed.GetRequiredValue(name), wanted, bound, parsed.GetValue(anySource), RecorderOf(parsed.GetValue(by)), cancellationToken));
                    if (wanted.Contains(Scope.Record))
                    {
                        Console.Error.WriteLine(parsed.GetValue(anySource)
                            ? "Its events may name any source."
                            : $"Its events are of the source '{parsed.GetRequiredValue(name)}'; those that name another one are refused. A gateway needs a key with --any-source.");
                    }

                    return 0;
                }, cancellationToken);
        });
        return command;
    }

    private static Command List()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List the keys; never their secrets.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var table = new Table().AddColumns("Id", "Name", "Scopes", "Workloads", "Sources", "Issued", "Revoked");
            foreach (var key in await opened.Get<ApiKeys>().ListAsync(cancellationToken))
            {
                table.AddRow(
                    key.Id, Markup.Escape(key.Name), string.Join(", ", key.Scopes.Select(EnumName.Of)),
                    key.Workloads.Count == 0 ? "any" : Markup.Escape(string.Join(", ", key.Workloads)), key.AnySource ? "any" : "own", key.IssuedAt.ToString("u"), key.Revoked ? "yes" : "");
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "The key's id, from keys list." };
        var reason = CommandLine.ReasonOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("revoke", "Revoke a key. It stops working within two seconds.") { id, reason, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            await opened.Get<ApiKeys>().RevokeAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), RecorderOf(parsed.GetValue(by)), cancellationToken)
                ? 0
                : CommandLine.Fail($"No key '{parsed.GetRequiredValue(id)}' is in force."), cancellationToken));
        return command;
    }
}
