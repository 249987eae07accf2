using System.CommandLine;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Commands;

/// <summary><c>sign-in-link</c>: a link that signs a person in once.</summary>
internal static class SignInLinkCommand
{
    public static Command Create()
    {
        var person = new Option<string>("--person") { Required = true, Description = "Who it is for; the name goes into the log." };
        var role = new Option<string?>("--role") { Description = "What they may do from now on, in all their sessions; if not given, what they may do now, or viewer." };
        role.AcceptOnlyFromAmong([.. EnumName.All<Role>()]);
        var teams = PeopleCommand.TeamOption();
        var address = new Option<string>("--address") { Description = "The dashboard's address.", DefaultValueFactory = _ => SpendTrackerHost.DefaultUrl };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("sign-in-link", "Print a link that signs a person in, once, within ten minutes.") { person, role, teams, address, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var name = parsed.GetRequiredValue(person);
            if (People.Check(name) is { Count: > 0 } reasons)
            {
                return CommandLine.Fail(reasons.Select(reason => reason with { Field = $"--{reason.Field}" }));
            }

            if (People.IsId(name) && await opened.Get<People>().IdOfAsync(name, cancellationToken) is null)
            {
                return CommandLine.Fail($"There is no person with the id '{name}'.");
            }

            var now = await opened.Get<People>().FindAsync(name, cancellationToken);
            var wanted = parsed.GetValue(role) is { } given ? EnumName.Parse<Role>(given) : now?.Role ?? Role.Viewer;
            if (People.Check(wanted, PeopleCommand.Teams(parsed, teams)) is { Count: > 0 } wrong)
            {
                return CommandLine.Fail(wrong.Select(reason => reason with { Field = $"--{reason.Field}" }));
            }

            var token = await opened.Get<SignInLinks>().IssueAsync(name, wanted, PeopleCommand.Teams(parsed, teams), CommandLine.RecorderOf("sign-in-link", parsed.GetValue(by)), cancellationToken);
            Console.WriteLine(SignIn.Link(parsed.GetRequiredValue(address), token));
            return 0;
        }, cancellationToken));
        return command;
    }
}
