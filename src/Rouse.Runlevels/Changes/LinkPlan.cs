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

    public void Turn(InitScript script, Levels levels, bool on)
    {
        Levels now = catalogue.Links.Of(script.Name).On;
        Put(script, levels, on ? now.With(levels) : now.Without(levels), goesOff: !on);
    }

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
    public IEnumerable<string> Missing(InitScript script) => Order(script, Own(script)).Missing(script);

    private static Levels Own(InitScript script) => script.Header.Levels ?? Levels.None;

    // What goes off moves nobody, and no loop keeps it from going off.
    private void Put(InitScript script, Levels levels, Levels onAfter, bool goesOff = false)
    {
        StartOrder order = Order(script, onAfter);
        Priorities priorities = order.Of(script);
        if (order.Loop.Count > 0 && goesOff)
        {
            priorities = StartOrder.OfHeader(script);
            Note = $"the LSB headers go round in a loop ({Describe(order.Loop)}); the links get the numbers of its own header";
        }
        else if (order.Loop.Count > 0)
        {
            Fault = $"the LSB headers go round in a loop: {Describe(order.Loop)}; take one of these out of its Required-Start or Should-Start "
                + "(or -Stop) line. Nothing was changed";
            return;
        }

        foreach (int level in levels.Each())
        {
            bool on = onAfter.Contains(level);
            Check(_steps.Set(level, new LevelLink(on, on ? priorities.Start : priorities.Stop, script.Name), out string fault), fault);
        }

        if (script.Header.Lsb is not null && !goesOff)
        {
            Renumber(script, order);
        }
    }

    // Scripts that need this one move with it.
    private void Renumber(InitScript changed, StartOrder order)
    {
        foreach ((InitScript script, Priorities wanted) in order.Displaced(catalogue.Links.Of).Where(moved => moved.Script.Name != changed.Name))
        {
            ServiceLinks links = catalogue.Links.Of(script.Name);
            foreach (int level in links.Present.Each())
            {
                bool on = links.On.Contains(level);
                Check(_steps.Set(level, new LevelLink(on, on ? wanted.Start : wanted.Stop, script.Name), out string fault), fault);
            }
        }

        if (order.Loop.Count > 0)
        {
            Note = $"the LSB headers of other services go round in a loop ({Describe(order.Loop)}); their links keep their numbers";
        }
    }

    private StartOrder Order(InitScript script, Levels onAfter)
    {
        IEnumerable<InitScript> all = script.Header.Lsb is null ? [script] : catalogue.Scripts.Where(other => other.Name != script.Name).Append(script);
        return new StartOrder(all, name => name == script.Name ? onAfter : catalogue.Links.Of(name).On);
    }

    private bool IsUntouched(InitScript script)
    {
        Levels own = Own(script);
        StartOrder order = Order(script, own);
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
}
