using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Text;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;
using Rouse.Tools.Control;

namespace Rouse.Tools.Services.Adopt;

/// <summary><c>rouse services adopt</c>: takes an init script over, by links, by a unit of systemd's, or by a file of xinetd.d.</summary>
internal static class AdoptVerb
{
    private const int LargestScript = 4 * 1024 * 1024;

    public static Command Command()
    {
        Argument<string> script = new("script") { Description = "An init script: its name, or its path", HelpName = "SCRIPT" };
        Option<string> kind = new("--as")
        {
            Description = "links in the runlevels, a systemd unit, or the draft of an xinetd file",
            DefaultValueFactory = static _ => "links",
            HelpName = "links|systemd|xinetd",
        };
        kind.AcceptOnlyFromAmong("links", "systemd", "xinetd");
        Option<bool> dryRun = new("--dry-run") { Description = "Show what would be done, and do nothing" };
        Option<string> root = ServicesVerb.RootOption();
        Command command = new("adopt", "Take an init script over, and show when it is started") { script, kind, dryRun, root };
        command.SetAction(parsed =>
        {
            using RootedTree? tree = RootedTree.Open(parsed.GetValue(root)!, out Errno error);
            return tree is null
                ? ControlOption.Fail($"--root {parsed.GetValue(root)}: {error.Describe()}")
                : Run(tree, parsed.GetValue(script)!, parsed.GetValue(kind)!, parsed.GetValue(dryRun));
        });
        return command;
    }

    private static int Run(RootedTree tree, string script, string kind, bool dryRun)
    {
        if (dryRun)
        {
            Adoption shown = Plan(tree, script, kind);
            return shown.Fault.Length > 0 ? ControlOption.Fail(Visible(shown.Fault)) : Print(shown, withContent: true, "would ");
        }

        Adoption made = new();
        ChangeOutcome outcome = Transaction.Make(tree, () =>
        {
            made = Plan(tree, script, kind);
            return made.Fault.Length > 0 ? [] : made.Steps;
        });
        if (!outcome.Ok)
        {
            string left = outcome.IsLeftToNext ? "the next change finishes it" : "nothing was changed";
            return ControlOption.Fail($"{(outcome.Step is { } step ? $"{step}: " : "")}{outcome.Error.Describe()}; {left}");
        }

        return made.Fault.Length > 0 ? ControlOption.Fail(Visible(made.Fault)) : Print(made, withContent: false, "");
    }

    private static Adoption Plan(RootedTree tree, string given, string kind)
    {
        Catalogue catalogue = new(tree);
        int slash = given.LastIndexOf('/');
        string name = given[(slash + 1)..];
        if (slash >= 0 && given[..slash] != catalogue.Layout.Scripts && given[..slash] != "/etc/init.d")
        {
            return Adoption.Refused($"{given} is not in {catalogue.Layout.Scripts}; put it there first, where it can be found at the next start");
        }

        if (catalogue.Script(name) is not { } script || FileNames.IsPassedOver(name))
        {
            return Adoption.Refused($"{catalogue.Layout.Script(name)}: there is no such init script");
        }

        if (script.Unreadable != Errno.None)
        {
            return Adoption.Refused($"{catalogue.Layout.Script(name)}: {script.Unreadable.Describe()}");
        }

        tree.Read(catalogue.Layout.Script(name), LargestScript, out byte[] bytes);
        return kind switch
        {
            "systemd" => UnitAdoption.Of(tree, catalogue, script, ScriptHints.Read(bytes)),
            "xinetd" => XinetdAdoption.Of(tree, catalogue, script, ScriptHints.Read(bytes)),
            _ => LinkAdoption.Of(tree, catalogue, script),
        };
    }

    private static int Print(Adoption adoption, bool withContent, string would)
    {
        StringBuilder text = new();
        IEnumerable<string> lines = adoption.About.Concat(adoption.Steps.Select(step => would + step)).Concat(adoption.Next.Select(line => "next: " + line));
        foreach (string line in lines)
        {
            text.Append(Visible(line)).Append('\n');
        }

        foreach (MakeFile file in adoption.Steps.OfType<MakeFile>().Where(_ => withContent))
        {
            text.Append('\n');
            foreach (string line in Encoding.Latin1.GetString(file.Content.Span).TrimEnd('\n').Split('\n'))
            {
                text.Append(Visible(line.Replace("\t", "        ", StringComparison.Ordinal))).Append('\n');
            }
        }

        return StandardStreams.Write(StandardStreams.Output, SourceFile.Encode(text.ToString())) ? 0 : ControlOption.Failed;
    }

    private static string Visible(string text) => string.Join('\n', text.Split('\n').Select(TextTable.Visible));
}
