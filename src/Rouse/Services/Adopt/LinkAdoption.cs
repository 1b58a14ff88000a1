using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;

namespace Rouse.Tools.Services.Adopt;

/// <summary>By links in the levels' directories, as <c>chkconfig --add</c> makes them.</summary>
internal static class LinkAdoption
{
    public static Adoption Of(IFileTree tree, Catalogue catalogue, InitScript script)
    {
        if (!script.IsSupported)
        {
            string why = script.Faults.Count > 0 ? string.Concat(script.Faults.Select(fault => $"\n{fault}")) : "";
            return Adoption.Refused(
                $"{catalogue.Layout.Script(script.Name)}:1:1: the script does not say when it is started; give it a line "
                + $"'# chkconfig: 345 85 15', or an LSB block with Default-Start{why}");
        }

        LinkPlan plan = new(tree, catalogue);
        plan.Add(script);
        if (plan.Fault.Length > 0)
        {
            return Adoption.Refused(plan.Fault);
        }

        string[] missing = [.. plan.Missing(script)];
        return new Adoption
        {
            About =
            [
                .. ResultingOrder.Of(script.Name, catalogue, plan.Steps),
                .. missing.Select(name => $"it needs {name}, which no script here provides"),
                .. plan.Note.Length > 0 ? [plan.Note] : (string[])[],
            ],
            Steps = plan.Steps,
            Next = plan.Steps.Count == 0 ? ["all its links are there already; 'chkconfig NAME reset' goes back to what the header says".Replace("NAME", script.Name, System.StringComparison.Ordinal)] : [],
        };
    }
}
