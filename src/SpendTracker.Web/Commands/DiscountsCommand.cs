using System.CommandLine;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Commands;

/// <summary><c>discounts publish</c>.</summary>
internal static class DiscountsCommand
{
    public static Command Create() => new("discounts", "What comes off list prices.") { PublishCommand.Create("discounts", ContractsJson.Default.DiscountPublished) };
}
