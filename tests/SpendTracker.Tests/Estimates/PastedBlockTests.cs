using SpendTracker.Contracts;
using SpendTracker.Web.Estimates;
using SpendTracker.Web.Pages;

namespace SpendTracker.Tests.Estimates;

public sealed class PastedBlockTests
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase) { ["chat"] = "chat", ["Support chat"] = "chat", ["triage"] = "triage" };

    [Fact]
    public void A_block_gives_its_amounts_by_row_and_month_whatever_a_spreadsheet_makes_of_them()
    {
        var block = Read("Workload\tApproach\tComponent\t2027-01\tFeb 2027\tMar-27\r\nSupport chat\tFine-tuning\tlabour\t$1,200.50\t\t(3.25)\r\n\r\ntriage\t\t\t0\t99\t1,000\r\n");

        Assert.Empty(block.Faults);
        var (labour, usage) = (new EstimateRow("chat", Approach.FineTuning, Component.Labour), new EstimateRow("triage", Approach.Hybrid, Component.Usage));
        Assert.Equal(
            [
                new(labour, new(2027, 1), 1_200.50m), new(labour, new(2027, 3), -3.25m),
                new PastedAmount(usage, new(2027, 1), 0), new(usage, new(2027, 2), 99), new(usage, new(2027, 3), 1_000),
            ],
            block.Amounts);
    }

    [Theory]
    [InlineData("Workload\t2027-01\nnobody\t1", "A2: There is no workload “nobody”. Register it first.")]
    [InlineData("Workload\t2027-01\nchat\tabc", "B2: “abc” is not an amount.")]
    [InlineData("Workload\t2027-01\nchat\t1.0000001", "B2: At most 6 decimals.")]
    [InlineData("Workload\t2027-01\nchat\t1\t2", "C2: Stands under no column name.")]
    [InlineData("Workload\t2027-01\nchat\t1\nSupport chat\t2", "B3: The same workload, approach, component and month as in B2.")]
    [InlineData("Workload\tApproach\t2027-01\nchat\tmagic\t1", "B2: “magic” is none of Prompt engineering, Fine-tuning, Hybrid.")]
    [InlineData("Workload\t2027-01\tsoon\nchat\t1\t2", "C1: “soon” is neither a month like 2027-01 nor Workload, Approach or Component.")]
    [InlineData("Workload\t1999-12\t2027-01\nchat\t1\t2", "B1: “1999-12” is no month from 2000 to 2199.")]
    [InlineData("chat\t12\t13", "A1: “chat” is neither a month like 2027-01 nor Workload, Approach or Component.")]
    [InlineData("", "A1: The first row must name the columns: Workload, and months like 2027-01. Copy it along.")]
    [InlineData("Workload\t2027-01\nchat\t1,234", "B2: “1,234” may be thousands or decimals. Say which mark is the decimal one.")]
    public void A_fault_names_its_cell(string text, string fault) =>
        Assert.Equal(fault, Read(text).Faults.Select(found => $"{found.Cell}: {found.Reason}").First());

    [Fact]
    public void The_decimal_mark_is_found_out_from_the_other_amounts_or_said()
    {
        Assert.Equal([1_234, 0.5m], Amounts("Workload\t2027-01\t2027-02\nchat\t1,234\t0.5", null));
        Assert.Equal([1.234m, 1_000.5m], Amounts("Workload\t2027-01\t2027-02\nchat\t1,234\t1.000,5", null));
        Assert.Equal([1_234m], Amounts("Workload\t2027-01\nchat\t1.234", ','));
    }

    [Fact]
    public void A_block_that_may_be_cut_off_is_refused() =>
        Assert.Contains(Read($"Workload\t2027-01\nchat\t1\n{new string('\n', PastedBlock.MostCharacters)}").Faults, fault => fault.Reason.StartsWith("The block may be cut off", StringComparison.Ordinal));

    [Theory]
    [InlineData("1234", 1234d)]
    [InlineData("1,234,567", 1_234_567d)]
    [InlineData("1 234,50 €", 1_234.50)]
    [InlineData("1'234.50", 1_234.50)]
    [InlineData("USD 12", 12d)]
    [InlineData("0.125", 0.125)]
    [InlineData(".5", 0.5)]
    [InlineData("-3", -3d)]
    [InlineData("12,34.5", null)]
    [InlineData("1.2.3", null)]
    [InlineData("1,5", 1.5)]
    [InlineData("-", null)]
    [InlineData("", null)]
    [InlineData("1e3", null)]
    [InlineData("1234567890123456789", null)]
    [InlineData("٣", null)]
    public void An_amount_is_read_or_refused_and_never_guessed(string text, double? amount) => Assert.Equal((decimal?)amount, new AmountText(null).Read(text).Amount);

    private static PastedBlock Read(string text) => PastedBlock.Read(text, Names, workload => workload == "triage" ? Approach.Hybrid : Approach.PromptEngineering, null);

    private static IEnumerable<decimal> Amounts(string text, char? mark) => PastedBlock.Read(text, Names, _ => Approach.Hybrid, mark).Amounts.Select(amount => amount.Amount);
}
