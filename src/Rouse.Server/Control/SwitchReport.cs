using Rouse.Server.Listening;
using Rouse.Server.Reloading;

namespace Rouse.Server.Control;

/// <summary>
/// The answer to <c>enable</c>, <c>restart</c> and <c>disable</c>: a line for each service of that name with what it does now, or the errors that
/// stand against it.
/// </summary>
internal static class SwitchReport
{
    public static JsonLine Of(Keeper keeper, SwitchResult result)
    {
        JsonLine json = new();
        ControlVerbs.WriteFindings(json, result.Findings);
        foreach ((Service service, SwitchChange change) in result.Services)
        {
            ControlVerbs.BeginLine(json, "switched");
            json.Text("id", service.Definition.Id);
            json.Text("name", service.Definition.Name);
            json.Text("change", WordFor(change));
            json.Text("state", StatusReport.StateText(service));
            json.Text("protocol", service.Definition.Protocol.Name);
            json.BeginArray("listeners");
            foreach (Listener listener in service.Listeners)
            {
                json.Element(Endpoint.Text(listener.Local, service.Definition));
            }

            json.EndArray();
            json.Number("sessions", SwitchingOff.SessionsOf(keeper, service));
            json.Flag("socketLent", service.HasLentSocket);
            json.EndLine();
        }

        ControlVerbs.WriteEnd(json, result.Refusal, result.IsUnknown);
        return json;
    }

    private static string WordFor(SwitchChange change) => change switch
    {
        SwitchChange.Enabled => "enabled",
        SwitchChange.Disabled => "disabled",
        SwitchChange.Restarted => "restarted",
        _ => "unchanged",
    };
}
