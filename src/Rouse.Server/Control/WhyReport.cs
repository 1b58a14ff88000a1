using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Server.Gate;
using Rouse.Server.Listening;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Control;

/// <summary>
/// The answer to <c>rouse why</c>, in lines: one <c>subject</c> for each service of that name, its <c>step</c>s in the gate's order, and its
/// <c>verdict</c>; or <c>needs</c> in place of the verdict, for what must be found out first and asked with.
/// </summary>
internal static class WhyReport
{
    /// <summary>False where there is no such service.</summary>
    /// <param name="missing">Accounts that must be looked up before the answer is sure.</param>
    public static bool Write(
        Keeper keeper, JsonLine json, string name, WhyQuestion question, System.Collections.Generic.IEnumerable<Service> services,
        out AccountNames missing)
    {
        missing = default;
        bool found = false;
        foreach (Service service in services)
        {
            if (service.Definition.Id == name || service.Definition.Name == name)
            {
                found = true;
                Explainer explainer = new(keeper);
                explainer.Explain(service, question);
                missing = explainer.MissingAccounts.AreAny ? explainer.MissingAccounts : missing;
                WriteSubject(json, service, question);
                Write(json, explainer);
            }
        }

        return found;
    }

    private static void WriteSubject(JsonLine json, Service service, WhyQuestion question)
    {
        ControlVerbs.BeginLine(json, "subject");
        json.Text("service", service.Definition.Id);
        json.Text("place", service.Definition.Span.ToString());
        json.Text("client", question.Client.ToText());
        json.Text("name", question.ClientName.Text);
        json.EndLine();
    }

    private static void Write(JsonLine json, Explainer explainer)
    {
        if (explainer.Needs != WrapperNeed.Nothing)
        {
            ControlVerbs.BeginLine(json, "needs");
            json.Text("what", WhyWords.Of(explainer.Needs));
            json.Text("netgroup", explainer.Netgroup);
            json.EndLine();
            return;
        }

        Step? decisive = explainer.Decisive;
        bool isDecided = false;
        foreach (Step step in explainer.Steps)
        {
            bool decides = !isDecided && !step.Passes;
            isDecided |= decides;
            ControlVerbs.BeginLine(json, "step");
            json.Text("question", step.Question);
            json.Flag("passes", step.Passes);
            json.Flag("decides", decides);
            json.Text("text", step.Text);
            json.Text("rule", step.Rule.File is null ? "" : step.Rule.ToString());
            json.EndLine();
        }

        ControlVerbs.BeginLine(json, "verdict");
        json.Flag("allowed", decisive is null);
        json.Text("reason", decisive is null ? "" : decisive.Value.IsClosed ? "closed" : SourceFile.Decode(decisive.Value.Refusal.LogText()));
        json.Text("change", decisive?.Change ?? "");
        json.EndLine();
    }
}

/// <summary>The words of the control protocol for what must be found out.</summary>
public static class WhyWords
{
    public const string ClientName = "client name";
    public const string ServerName = "server name";
    public const string User = "user";
    public const string ClientNetgroup = "client netgroup";
    public const string ServerNetgroup = "server netgroup";

    internal static string Of(WrapperNeed need) => need switch
    {
        WrapperNeed.ClientName => ClientName,
        WrapperNeed.ServerName => ServerName,
        WrapperNeed.User => User,
        WrapperNeed.ClientNetgroup => ClientNetgroup,
        _ => ServerNetgroup,
    };
}
