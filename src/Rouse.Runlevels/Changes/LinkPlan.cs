using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Order;
using Rouse.Runlevels.Scripts;

namespace Rouse.Runlevels.Changes;

/// <summary>What chkconfig's words mean for the links of init scripts. chkconfig(8).</summary>
/// <remarks>A plan is for one command; a word that cannot be carried out says why in <see cref="Fault"/> and leaves no steps.</remarks>
public sealed class LinkPlan(IFileTree tree, Catalogue catalogue)
{
    private readonly LinkSteps _steps = new(tree, catalogue.Layout, catalogue.Links);

    public string Fault { get; private set; } = "";

    /// <summary>What was noticed and does not keep the change from being made.</summary>
    public string Note { get; private set; } = "";

    public IReadOnlyList<Step> Steps => Fault.Length == 0 ? _steps.Steps : [];

    /// <summary>Links for all levels that have none: start in the script's own levels, stop in the others.</summary>
    public void Add(InitScript script)
    {
        ServiceLinks links = catalogue.Links.Of(script.Name);
        Levels missing = Levels.All.Without(links.Present);
        Put(script, missing, links.On.With(Own(script).Without(links.Present)));
    }

    public void Delete(string service) => Check(_steps.RemoveAll(service, out string fault), fault);

    public void Turn(InitScript script, Levels levels, bool on) => Turn([(script, on)], levels);

    /// <summary>Many at once: what is on decides the order of all LSB scripts, and no link must be renamed twice.</summary>
    public void Turn(IReadOnlyList<(InitScript Script, bool On)> scripts, Levels levels) => Put([.. scripts.Select(turned =>
    {
        Levels now = catalogue.Links.Of(turned.Script.Name).On;
        return new Placement(turned.Script, levels, turned.On ? now.With(levels) : now.Without(levels)) { GoesOff = !turned.On };
    })]);

    /// <summary>On in the usual levels and wherever it is on already, off in all others: a link in every level.</summary>
    public void Enable(InitScript script) => Put(script, Levels.All, catalogue.Links.Of(script.Name).On.With(Levels.Usual));

    /// <summary>Back to what the script itself says.</summary>
    public void Reset(InitScript script, Levels levels)
    {
        Levels now = catalogue.Links.Of(script.Name).On;
        Put(script, levels, now.Without(levels).With(new Levels((byte)(Own(script).Bits & levels.Bits))));
    }

    /// <summary>The script's numbers; on and off stay as they are.</summary>
    public void ResetPriorities(InitScript script, Levels levels) => Put(script, levels, catalogue.Links.Of(script.Name).On);

    /// <summary>
    /// By the file of chkconfig.d, where the links are as they would have been made without it: an administrator's own choice is kept.
    /// </summary>
    public void Override(InitScript script)
    {
        bool differs = script.Header.Levels != script.OwnHeader.Levels || script.Header.Start != script.OwnHeader.Start
            || script.Header.Stop != script.OwnHeader.Stop || !ReferenceEquals(script.Header.Lsb, script.OwnHeader.Lsb);
        if (differs && script.OwnHeader.IsSupported && IsUntouched(script with { Header = script.OwnHeader }))
        {
            Reset(script, Levels.All);
        }
    }

    /// <summary>Services that are on somewhere and need a name that only this script provides; remove_initd(8) of the LSB refuses then.</summary>
    public IEnumerable<string> NeededBy(InitScript script)
    {
        string[] names = [.. (script.Header.Lsb?.Provides ?? []).Append(script.Name)];
        HashSet<string> others = [.. catalogue.Scripts.Where(other => other.Name != script.Name && catalogue.Links.Of(other.Name).IsAny)
            .SelectMany(other => (other.Header.Lsb?.Provides ?? []).Append(other.Name))];
        return catalogue.Scripts
            .Where(other => other.Name != script.Name && !catalogue.Links.Of(other.Name).On.IsEmpty
                && (other.Header.Lsb?.RequiredStart ?? []).Any(name => names.Contains(name) && !others.Contains(name)))
            .Select(other => other.Name);
    }

    /// <summary>What a script needs to start and nothing here provides.</summary>
    public IEnumerable<string> Missing(InitScript script) => Order(script).Missing(script);

    private static Levels Own(InitScript script) => script.Header.Levels ?? Levels.None;

    private void Put(InitScript script, Levels levels, Levels onAfter) => Put([new Placement(script, levels, onAfter)]);

    // What goes off moves nobody, and no loop keeps it from going off: it comes last.
    private void Put(IReadOnlyList<Placement> placements)
    {
        Dictionary<string, Levels> after = new(StringComparer.Ordinal);
        foreach (Placement placement in placements)
        {
            after[placement.Script.Name] = placement.OnAfter;
        }

        StartOrder order = Order([.. placements.Select(placement => placement.Script)], after);
        foreach (Placement placement in placements.OrderBy(placement => placement.GoesOff))
        {
            Priorities priorities = order.Of(placement.Script);
            if (order.Loop.Count > 0 && !placement.GoesOff)
            {
                Check(false, $"the LSB headers go round in a loop: {Describe(order.Loop)}; take one of these out of its Required-Start or "
                    + "Should-Start (or -Stop) line");
                return;
            }

            if (order.Loop.Count > 0)
            {
                priorities = StartOrder.OfHeader(placement.Script);
                Note = $"the LSB headers go round in a loop ({Describe(order.Loop)}); the links get the numbers of its own header";
            }

            Set(placement.Script, placement.Levels, placement.OnAfter, priorities);
        }

        if (order.Loop.Count == 0 && placements.Any(placement => !placement.GoesOff && placement.Script.Header.Lsb is not null))
        {
            Renumber(order, after);
        }
    }

    // Scripts that need those that went on move with them.
    private void Renumber(StartOrder order, Dictionary<string, Levels> after)
    {
        foreach ((InitScript script, Priorities wanted) in order.Displaced(catalogue.Links.Of).Where(moved => !after.ContainsKey(moved.Script.Name)))
        {
            ServiceLinks links = catalogue.Links.Of(script.Name);
            Set(script, links.Present, links.On, wanted);
        }

        if (order.Loop.Count > 0)
        {
            Note = $"the LSB headers of other services go round in a loop ({Describe(order.Loop)}); their links keep their numbers";
        }
    }

    private void Set(InitScript script, Levels levels, Levels onAfter, Priorities priorities)
    {
        foreach (int level in levels.Each())
        {
            bool on = onAfter.Contains(level);
            Check(_steps.Set(level, new LevelLink(on, on ? priorities.Start : priorities.Stop, script.Name), out string fault), fault);
        }
    }

    // Without a script of the LSB nothing depends on the others, which then need not be read.
    private StartOrder Order(IReadOnlyList<InitScript> scripts, Dictionary<string, Levels> after)
    {
        bool isOrdered = scripts.Any(script => script.Header.Lsb is not null);
        IEnumerable<InitScript> others = isOrdered ? catalogue.Scripts.Where(other => !after.ContainsKey(other.Name)) : [];
        return new StartOrder([.. others, .. scripts], name => after.TryGetValue(name, out Levels on) ? on : catalogue.Links.Of(name).On);
    }

    private StartOrder Order(InitScript script) => Order([script], new(StringComparer.Ordinal) { [script.Name] = Own(script) });

    private bool IsUntouched(InitScript script)
    {
        Levels own = Own(script);
        StartOrder order = Order(script);
        Priorities priorities = order.Of(script);
        if (order.Loop.Count > 0)
        {
            return false;
        }

        ServiceLinks links = catalogue.Links.Of(script.Name);
        return Levels.All.Each().All(level => links.In(level) is [{ } only] && only.Starts == own.Contains(level)
            && only.Priority == (only.Starts ? priorities.Start : priorities.Stop));
    }

    private static string Describe(IReadOnlyList<string> loop) => string.Join(" needs ", loop);

    private void Check(bool ok, string fault)
    {
        if (!ok && Fault.Length == 0)
        {
            Fault = fault;
        }
    }

    /// <summary>One script's links in some levels, and where it is on once they are made.</summary>
    private readonly record struct Placement(InitScript Script, Levels Levels, Levels OnAfter)
    {
        public bool GoesOff { get; init; }
    }
}
