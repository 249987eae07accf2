using System.Diagnostics;
using OpenTelemetry;

namespace SpendTracker.ServiceDefaults;

/// <summary>
/// Names a server span after its method and route, as OpenTelemetry's HTTP conventions have it. The framework names it when
/// the request comes in, and the route is known only later.
/// </summary>
internal sealed class ServerSpanNames : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("http.request.method") is string method)
        {
            data.DisplayName = data.GetTagItem("http.route") is string route ? $"{method} {route}" : method;
        }
    }
}
