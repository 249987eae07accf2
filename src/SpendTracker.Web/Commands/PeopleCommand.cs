using System.CommandLine;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Web.Commands;

/// <summary><c>people</c>: who may sign in, and as what.</summary>
internal static class PeopleCommand
{
    public static Command Create() => new("people", "Persons who may sign in.") {
        List(),
        SetRole(),
        Change("remove", "Take a person's role away. Their sessions end at once, and their links work no longer.",
            (opened, person, recorder, cancellationToken) => opened.Get<People>().RemoveAsync(person, recorder, cancellationToken), person => $"No person '{person}' may sign in."),
        Change("follow-groups", "Have the groups of the identity provider decide on a person's role again, from the next sign-in on.",
            (opened, person, recorder, cancellationToken) => opened.Get<People>().FollowGroupsAsync(person, recorder, cancellationToken), person => $"Groups decide on '{person}' already, or there is no such person."),
        Sessions(),
        EndSession(),
        Change("end-sessions", "End all sessions of a person, on every host and open page.",
            (opened, person, recorder, cancellationToken) => opened.Get<People>().EndSessionsAsync(person, recorder, cancellationToken), NoSuch),
        Change("erase", "Delete a person's name and address, and take the role away. What they did stays in the log, under an id. It cannot be undone.",
            (opened, person, recorder, cancellationToken) => opened.Get<People>().EraseAsync(person, recorder, cancellationToken), NoSuch),
    };

    private static string NoSuch(string person) => $"There is no person '{person}'. People of the identity provider are named by id; people list shows it.";

    private static Recorder RecorderOf(string? by) => CommandLine.RecorderOf("people", by);

    private static Option<string> PersonOption() => new("--person") { Required = true, Description = "Who, by id or by the name that sign-in-link gave." };

    public static Option<string[]> TeamOption() => new("--team")
    {
        Description = "A team of a member, as workloads name it; may be given more than once. Without it, a member keeps the teams of now.", DefaultValueFactory = _ => [],
    };

    /// <summary>Null if none is given.</summary>
    public static IReadOnlyList<string>? Teams(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } teams ? teams : null;

    private static Command List()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List persons and their roles.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var table = new Table().AddColumns("Id", "Person", "E-mail", "Role", "Teams", "Since", "Signed in");
            foreach (var person in await opened.Get<People>().ListAsync(cancellationToken))
            {
                table.AddRow([.. ((string[])[
                    person.Id, person.Name, person.Email ?? "", Standing(person), string.Join(", ", person.State?.Teams ?? []),
                    person.State?.ChangedAt.ToString("u") ?? "", person.SignedInAt?.ToString("u") ?? ""]).Select(Markup.Escape)]);
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static string Standing(Person person) =>
        person.ErasedAt is not null ? "erased"
        : person.State is not { } state ? "waits for a role"
        : state.Role is { } role ? $"{EnumName.Of(role)}{(state.IsFromGroups ? " by groups" : "")}" : state.IsFromGroups ? "none by groups" : "removed";

    private static Command Sessions()
    {
        var person = new Option<string?>("--person") { Description = "Whose, by id or name; everybody's if not given." };
        var demo = CommandLine.DemoOption();
        var command = new Command("sessions", "List sessions that hold.") { person, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var id = parsed.GetValue(person) is { } given ? await opened.Get<People>().IdOfAsync(given, cancellationToken) ?? given : null;
            var table = new Table().AddColumns("Session", "Person", "Began", "Used", "Ends");
            foreach (var listed in await opened.Get<Sessions>().ListAsync(id, cancellationToken))
            {
                table.AddRow(
                    listed.Session.Id, Markup.Escape(opened.Get<PersonNames>().Of(listed.Session.Person)), listed.StartedAt.ToString("u"), listed.UsedAt.ToString("u"),
                    listed.Session.ExpiresAt.ToString("u"));
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    /// <summary>A command that changes something about one person.</summary>
    private static Command Change(string name, string description, Func<OpenedDatabase, string, Recorder, CancellationToken, Task<bool>> change, Func<string, string> otherwise)
    {
        var person = PersonOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command(name, description) { person, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            await change(opened, parsed.GetRequiredValue(person), RecorderOf(parsed.GetValue(by)), cancellationToken) ? 0 : CommandLine.Fail(otherwise(parsed.GetRequiredValue(person))),
            cancellationToken));
        return command;
    }

    private static Command EndSession()
    {
        var session = new Option<string>("--session") { Required = true, Description = "Which, as people sessions lists it." };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("end-session", "End one session, on every host and open page.") { session, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var sessions = opened.Get<Sessions>();
            var listed = (await sessions.ListAsync(null, cancellationToken)).FirstOrDefault(listed => listed.Session.Id == parsed.GetRequiredValue(session));
            return listed is not null && await sessions.EndAsync(listed.Session.Id, listed.Session.Person, RecorderOf(parsed.GetValue(by)), cancellationToken)
                ? 0
                : CommandLine.Fail("There is no such session, or it has ended.");
        }, cancellationToken));
        return command;
    }

    private static Command SetRole()
    {
        var person = PersonOption();
        var role = new Option<string>("--role") { Required = true, Description = "What they may do from now on." };
        role.AcceptOnlyFromAmong([.. EnumName.All<Role>()]);
        var teams = TeamOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("role", "Give a person a role. It holds at the next request of each of their sessions.") { person, role, teams, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var (people, name) = (opened.Get<People>(), parsed.GetRequiredValue(person));
            if ((await people.FindAsync(name, cancellationToken))?.Role is null)
            {
                return CommandLine.Fail($"No person '{name}' may sign in. sign-in-link lets one in.");
            }

            var wanted = EnumName.Parse<Role>(parsed.GetRequiredValue(role));
            if (People.Check(wanted, Teams(parsed, teams)) is { Count: > 0 } reasons)
            {
                return CommandLine.Fail(reasons.Select(reason => reason with { Field = $"--{reason.Field}" }));
            }

            await people.GiveAsync(name, wanted, Teams(parsed, teams), RecorderOf(parsed.GetValue(by)), cancellationToken);
            return 0;
        }, cancellationToken));
        return command;
    }
}
