using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Tools.Chkconfig;

/// <summary>Carries out a change of chkconfig's: planned with the lock held, shown or made, and told to who has to know.</summary>
internal sealed class RunlevelChange(IFileTree tree, ChkconfigOptions options)
{
    private const string NotPrivileged = "You do not have enough privileges to perform this operation.\n";

    /// <summary>The file whose services were turned on or off; null for init scripts.</summary>
    public XinetdFile? Switched { get; private set; }

    public int Make()
    {
        int status = 0;
        IReadOnlyList<Step> Plan()
        {
            status = TryPlan(new Catalogue(tree), out IReadOnlyList<Step> steps) ? 0 : 1;
            return steps;
        }

        if (options.IsDryRun)
        {
            IReadOnlyList<Step> steps = Plan();
            StandardStreams.Write(StandardStreams.Output, string.Concat(steps.Select(static step => $"{step}\n")));
            return status;
        }

        ChangeOutcome outcome = Transaction.Make(tree, Plan);
        if (outcome.Ok)
        {
            return status;
        }

        ChkconfigPersonality.Say(Describe(outcome, tree.Root));
        return 1;
    }

    private bool TryPlan(Catalogue catalogue, out IReadOnlyList<Step> steps)
    {
        steps = [];
        string name = options.Name;
        if (options.Kinds.HasFlag(ServiceKinds.Sysv) && catalogue.Script(name) is { } script)
        {
            return TryPlan(catalogue, script, out steps);
        }

        if (options.Kinds.HasFlag(ServiceKinds.Xinetd) && catalogue.XinetdFile(name) is { } file)
        {
            return TryPlan(catalogue, file, out steps);
        }

        if (options.Verb == ChkconfigVerb.Delete && options.Kinds.HasFlag(ServiceKinds.Sysv) && catalogue.Links.Of(name).IsAny)
        {
            // Differs from chkconfig: D-170.
            LinkPlan plan = new(tree, catalogue);
            plan.Delete(name);
            return Conclude(plan, out steps) && Told($"service {name} has no script any more; its links are removed\n");
        }

        ChkconfigPersonality.Unknown(name);
        return false;
    }

    private bool TryPlan(Catalogue catalogue, InitScript script, out IReadOnlyList<Step> steps)
    {
        steps = [];
        if (ChkconfigPersonality.Refuses(script))
        {
            return false;
        }

        if (tree.MayWrite(catalogue.Layout.Level(3)).Error is Errno.EACCES or Errno.EPERM)
        {
            ChkconfigPersonality.Say(NotPrivileged);
            return false;
        }

        ChkconfigPersonality.Say(string.Concat(script.Faults.Select(static fault => $"{fault}\n")));
        LinkPlan plan = new(tree, catalogue);
        switch (options.Verb)
        {
            case ChkconfigVerb.Add:
                plan.Add(script);
                break;
            case ChkconfigVerb.Delete:
                plan.Delete(script.Name);
                break;
            case ChkconfigVerb.Override:
                plan.Override(script);
                break;
            case ChkconfigVerb.On or ChkconfigVerb.Off:
                plan.Turn(script, options.Levels ?? Levels.Usual, options.Verb == ChkconfigVerb.On);
                break;
            case ChkconfigVerb.Reset:
                plan.Reset(script, options.Levels ?? Levels.All);
                break;
            default:
                plan.ResetPriorities(script, options.Levels ?? Levels.All);
                break;
        }

        return Conclude(plan, out steps);
    }

    private bool TryPlan(Catalogue catalogue, XinetdFile file, out IReadOnlyList<Step> steps)
    {
        steps = [];
        bool on = options.Verb == ChkconfigVerb.On;
        switch (options.Verb)
        {
            case ChkconfigVerb.On or ChkconfigVerb.Off:
                break;
            case ChkconfigVerb.Reset when file.Header.IsOnByDefault is { } byDefault:
                on = byDefault;
                break;
            case ChkconfigVerb.Reset:
                return Told($"{file.Path}: no '# default: on' or 'off' line says what to go back to; nothing was changed\n");
            default:
                return true;
        }

        SwitchPlan plan = new(tree, catalogue);
        plan.Turn([new ServiceSwitch(file.Name, IsXinetd: true, on) { Id = options.Id }], Levels.None);
        Switched = file;
        steps = plan.Steps;
        return plan.Fault.Length == 0 || !Told($"{plan.Fault}. Nothing was changed\n");
    }

    private static bool Conclude(LinkPlan plan, out IReadOnlyList<Step> steps)
    {
        steps = plan.Steps;
        ChkconfigPersonality.Say(plan.Note.Length > 0 ? plan.Note + "\n" : "");
        return plan.Fault.Length == 0 || !Told($"{plan.Fault}. Nothing was changed\n");
    }

    private static bool Told(string text)
    {
        ChkconfigPersonality.Say(text);
        return true;
    }

    internal static string Describe(in ChangeOutcome outcome, string root)
    {
        string why = outcome.Error.Describe();
        string rest = outcome.IsLeftToNext
            ? $"\nthe change is not complete; the next chkconfig on {root} goes on with it\n"
            : "\n";
        return outcome switch
        {
            { Step: null, Error: Errno.EAGAIN } => "another command has been changing the services for a while; try again when it is done\n",
            { Step: null, Error: Errno.EACCES or Errno.EPERM } => NotPrivileged,
            { Step: MakeLink link } => $"failed to make symlink {link.Path}: {why}{rest}",
            { Step: RenameLink link } => $"failed to make symlink {link.To}: {why}{rest}",
            { Step: { } step } => $"failed to {step}: {why}{rest}",
            _ => $"failed to write down the change in /etc: {why}{rest}",
        };
    }
}
