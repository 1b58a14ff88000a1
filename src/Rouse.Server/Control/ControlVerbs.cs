using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Config.Diagnostics;
using Rouse.Server.Reloading;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Control;

/// <summary>
/// What can be asked and told over the control socket. Each answer is some lines of one JSON object each, whose <c>type</c> says what it
/// holds; the last is <c>{"version":1,"type":"end","ok":true}</c>, or has <c>"ok":false</c> and an <c>error</c>.
/// </summary>
internal static class ControlVerbs
{
    // More findings than somebody reads are no help.
    private const int MostFindings = 1000;

    public static void Answer(Keeper keeper, ControlConnection connection, in ControlRequest request, string fault)
    {
        if (fault.Length > 0)
        {
            Refuse(connection, fault);
            return;
        }

        switch (request.Verb)
        {
            case "status":
                Status(keeper, connection, request.Service);
                break;
            case "why":
                Why(keeper, connection, request);
                break;
            case "reload":
                connection.AwaitAnswer();
                keeper.Reloads.Reload(result => connection.Answer(Told(result)));
                break;
            case "enable" or "restart" or "disable" when request.Service.Length == 0:
                Refuse(connection, $"{request.Verb} what? A service's id or name is missing");
                break;
            case "enable" or "restart":
                connection.AwaitAnswer();
                keeper.Reloads.SwitchOn(request.Service, request.Verb == "restart", result => connection.Answer(SwitchReport.Of(keeper, result)));
                break;
            case "disable":
                connection.Answer(SwitchReport.Of(keeper, keeper.Reloads.SwitchOff(request.Service)));
                break;
            case "stop":
                JsonLine answer = new();
                WriteEnd(answer, "");
                connection.Answer(answer);
                keeper.Log.Notice("told to stop over the control socket");
                keeper.Stop(endServers: true);
                break;
            default:
                Refuse(connection, $"the verb '{request.Verb}' is not known: status, why, reload, enable, restart, disable, stop");
                break;
        }
    }

    /// <param name="error">Empty where all went well.</param>
    /// <param name="isUnknown">For want of the service.</param>
    public static void WriteEnd(JsonLine json, string error, bool isUnknown = false)
    {
        BeginLine(json, "end");
        json.Flag("ok", error.Length == 0);
        if (error.Length > 0)
        {
            json.Text("error", error);
        }

        if (isUnknown)
        {
            json.Flag("unknown", true);
        }

        json.EndLine();
    }

    internal static void BeginLine(JsonLine json, string type)
    {
        json.Begin();
        json.Number("version", ControlRequest.Version);
        json.Text("type", type);
    }

    private static void Refuse(ControlConnection connection, string why)
    {
        JsonLine answer = new();
        WriteEnd(answer, why);
        connection.Answer(answer);
    }

    private static void Status(Keeper keeper, ControlConnection connection, string service)
    {
        JsonLine answer = new();
        StatusReport report = new(keeper, answer);
        bool found = report.Write(service);
        WriteEnd(answer, found ? "" : $"no service '{service}' runs", isUnknown: !found);
        connection.Answer(answer);
    }

    // What it leans on may have to be read or looked up first, one after the other; at last the answer says what is known.
    private static void Why(Keeper keeper, ControlConnection connection, in ControlRequest request, int patience = 8)
    {
        if (patience > 0 && keeper.Rules.Current() is null)
        {
            connection.AwaitAnswer();
            keeper.Rules.Await(new LaterWhy(keeper, connection, request, patience - 1));
            return;
        }

        JsonLine answer = new();
        string fault = "a why has a client";
        AccountNames missing = default;
        if (request.Why?.Read(out fault) is { } question
            && !WhyReport.Write(keeper, answer, request.Service, question, keeper.Services, out missing))
        {
            fault = $"no service '{request.Service}' runs";
        }
        else if (patience > 0 && missing.AreAny && keeper.Accounts.Ask(missing, new LaterWhy(keeper, connection, request, patience - 1)))
        {
            connection.AwaitAnswer();
            return;
        }

        WriteEnd(answer, fault);
        connection.Answer(answer);
    }

    private sealed class LaterWhy(Keeper keeper, ControlConnection connection, ControlRequest request, int patience) : IRulesAwaiter, IAccountAwaiter
    {
        public void RulesAreKnown(HostRules rules) => Why(keeper, connection, request, patience);

        public void AccountsAreKnown() => Why(keeper, connection, request, patience);
    }

    internal static void WriteFindings(JsonLine json, IEnumerable<Diagnostic> findings)
    {
        int told = 0;
        foreach (Diagnostic finding in findings)
        {
            if (finding.Severity != Severity.Notice && told++ < MostFindings)
            {
                BeginLine(json, "finding");
                json.Text("severity", finding.Severity == Severity.Error ? "error" : "warning");
                json.Text("text", DiagnosticRenderer.RenderHeadline(finding));
                json.EndLine();
            }
        }
    }

    private static JsonLine Told(ReloadResult result)
    {
        JsonLine json = new();
        WriteFindings(json, result.Next?.Diagnostics ?? []);

        foreach (ExposureChange change in result.Exposure)
        {
            BeginLine(json, "exposure");
            json.Text("change", change.KindText);
            json.Text("service", change.Service);
            json.Text("where", change.Where);
            json.Text("detail", change.Detail);
            json.EndLine();
        }

        if (result.Applied)
        {
            BeginLine(json, "reloaded");
            json.Number("new", result.New);
            json.Number("old", result.Old);
            json.Number("dropped", result.Dropped);
            json.EndLine();
        }

        WriteEnd(json, result.Refusal);
        return json;
    }
}
