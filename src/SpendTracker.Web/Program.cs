using System.CommandLine;
using SpendTracker.Web.Commands;

Interrupts.Heed();
var root = new RootCommand("SpendTracker: what prompt engineering, fine-tuning and hybrids really cost.")
{
    ServeCommand.Create(),
    SetupCommand.Create(),
    HealthCommand.Create(),
    DemoCommand.Create(),
    ImportCommand.Create(),
    CorrectCommand.Create(),
    CostsCommand.Create(),
    CompareCommand.Create(),
    AdviseCommand.Create(),
    UnpricedCommand.Create(),
    AnomaliesCommand.Create(),
    ReportedCostsCommand.Create(),
    RatesCommand.Create(),
    DiscountsCommand.Create(),
    AliasesCommand.Create(),
    ExchangeRatesCommand.Create(),
    BudgetsCommand.Create(),
    PlanCommand.Create(),
    KeysCommand.Create(),
    SignInLinkCommand.Create(),
    PeopleCommand.Create(),
    ActivityCommand.Create(),
    RebuildCommand.Create(),
    VerifyCommand.Create(),
    SetAsideCommand.Create(),
    ClosingCommands.Periods(),
    ClosingCommands.Close(),
    ClosingCommands.Reopen(),
    ExplainCommand.Create(),
    ForecastCommand.Create(),
    ReportCommand.Create(),
};

// Ctrl+C cancels the command; what it started, PostgreSQL included, gets this long to stop cleanly.
var patience = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(25) };
return await root.Parse(args.Length == 0 ? ["serve"] : args).InvokeAsync(patience);
