using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Exports;

/// <summary>Answers of the API as files: with <c>format=csv</c> or <c>format=xlsx</c>, an endpoint's answer is sent as a sheet, and the download is recorded.</summary>
internal static class FileAnswers
{
    /// <param name="what">What the activity calls it.</param>
    /// <param name="sheetOf">The answer as columns and rows.</param>
    public static RouteHandlerBuilder AsFile<T>(this RouteHandlerBuilder builder, string what, Func<T, Sheet> sheetOf)
        where T : class => builder
        .Produces<T>(200, "application/json", "text/csv", SheetFile.ExcelType)
        .WithMetadata(new TakenParameters("format"))
        .AddEndpointFilter(async (call, next) =>
        {
            var request = call.HttpContext.Request;
            var format = request.Query["format"].ToString();
            if (format is not ("" or "json" or "csv" or "xlsx"))
            {
                return Problems.Of([new FieldReason("format", "Must be json, csv or xlsx.")]);
            }

            if (format is "" or "json" || IsOfEarlierShape(call.HttpContext))
            {
                return await next(call);
            }

            FileFormat.Ask(call.HttpContext);
            var answered = await next(call);
            return answered is IValueHttpResult<T> { Value: { } answer } ? await SendAsync(call.HttpContext, what, format, sheetOf(answer)) : answered;
        });

    /// <summary>Earlier shapes are made of JSON.</summary>
    private static bool IsOfEarlierShape(HttpContext context) => EarlierShapes.AreAskedFor(context) && context.GetEndpoint()?.Metadata.GetMetadata<EarlierShape>() is not null;

    /// <summary>Records the download, and sends the file: what cannot be recorded is not sent.</summary>
    public static async Task<IResult> SendAsync(HttpContext context, string what, string format, Sheet sheet)
    {
        await RecordAsync(context, what, format);
        return TypedResults.Stream(output => SheetFile.WriteAsync(output, format, sheet, context.RequestAborted), SheetFile.TypeOf(format), $"{sheet.Name}.{format}");
    }

    public static Task RecordAsync(HttpContext context, string what, string format) => context.RequestServices.GetRequiredService<ActivityLog>()
        .ExportReadAsync(what, format, context.Request.QueryString.Value ?? "", ApiClaims.RecorderOf(context.User), context.RequestAborted);
}
