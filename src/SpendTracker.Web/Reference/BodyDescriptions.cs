using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reference;

/// <summary>
/// Tells the framework which bodies endpoints take, see <see cref="TakenBody"/>. Its own metadata would also refuse other content types before it is
/// known who calls.
/// </summary>
internal sealed class BodyDescriptions : IApiDescriptionProvider
{
    private static readonly EmptyModelMetadataProvider Models = new();

    /// <summary>After the framework has listed the endpoints.</summary>
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var operation in context.Results)
        {
            if (operation.ActionDescriptor.EndpointMetadata.OfType<TakenBody>().FirstOrDefault() is { } body)
            {
                var type = body.Type ?? typeof(string);
                operation.ParameterDescriptions.Add(new ApiParameterDescription
                {
                    Name = "body", Source = BindingSource.Body, Type = type, ModelMetadata = Models.GetMetadataForType(type), IsRequired = !body.IsOptional,
                    ParameterDescriptor = new() { Name = "body", ParameterType = type },
                });
                operation.SupportedRequestFormats.Clear();
                operation.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = body.ContentType });
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }
}
