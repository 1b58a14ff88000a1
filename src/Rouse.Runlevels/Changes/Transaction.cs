using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;

namespace Rouse.Runlevels.Changes;

/// <summary>
/// Makes a change whole or not at all. Its steps are written into the journal, new contents are laid ready beside their files, and one more
/// line in the journal makes the change binding. Killed before that, the change has not happened; killed after it, whoever comes next goes
/// through the steps again, each of which does nothing where it was done. A step that fails takes back those before it.
/// </summary>
public sealed class Transaction
{
    private const int PatienceMs = 10_000;

    private readonly IFileTree _tree;

    private Transaction(IFileTree tree) => _tree = tree;

    /// <summary>Finishes, or takes back, what an interrupted change has left behind.</summary>
    /// <returns>ENOENT where there is nothing to do; EAGAIN where a change is being made all the while.</returns>
    public static SysResult Recover(IFileTree tree)
    {
        SysResult taken = TreeLock.Take(tree, mayCreate: false, PatienceMs, out TreeLock? held);
        if (!taken.Ok)
        {
            return taken;
        }

        try
        {
            SysResult recovered = new Transaction(tree).Resume(held!.File);
            return recovered.Ok ? held.Finish() : recovered;
        }
        finally
        {
            held!.Release();
        }
    }

    /// <summary>
    /// Makes the change that <paramref name="plan"/> yields. It is asked once the lock is held and nothing is left undone, so that it sees
    /// the tree as it will be changed; no steps, no change.
    /// </summary>
    public static ChangeOutcome Make(IFileTree tree, Func<IReadOnlyList<Step>?> plan)
    {
        SysResult taken = TreeLock.Take(tree, mayCreate: true, PatienceMs, out TreeLock? held);
        if (!taken.Ok)
        {
            return new ChangeOutcome(taken.Error, null);
        }

        try
        {
            return new Transaction(tree).Make(held!, plan);
        }
        finally
        {
            held!.Release();
        }
    }

    private ChangeOutcome Make(TreeLock held, Func<IReadOnlyList<Step>?> plan)
    {
        SysResult recovered = Resume(held.File);
        if (!recovered.Ok)
        {
            return new ChangeOutcome(recovered.Error, null) { IsLeftToNext = true };
        }

        IReadOnlyList<Step>? steps = plan();
        ChangeOutcome outcome = steps is { Count: > 0 } ? Apply(held.File, steps) : new ChangeOutcome(Errno.None, null);
        if (!outcome.IsLeftToNext)
        {
            held.Finish();
        }

        return outcome;
    }

    private ChangeOutcome Apply(Fd journal, IReadOnlyList<Step> wanted)
    {
        // First what can be taken back without room on the disk, last what cannot be taken back.
        Step[] steps = [.. wanted.OrderBy(step => step switch { RemoveLink => 1, ReplaceLink or ReplaceFile => 2, _ => 0 })];
        byte[] text = Journal.Write(steps);
        SysResult result = _tree.Append(journal, text);
        SysResult kept = result.Ok ? _tree.Sync("/etc") : result;
        if (!kept.Ok)
        {
            return new ChangeOutcome(kept.Error, null);
        }

        foreach (Step step in steps)
        {
            result = Prepare(step);
            if (!result.Ok)
            {
                Clear(steps);
                return new ChangeOutcome(result.Error, step);
            }
        }

        result = _tree.Append(journal, Journal.Close(text));
        if (!result.Ok)
        {
            Clear(steps);
            return new ChangeOutcome(result.Error, null);
        }

        for (int i = 0; i < steps.Length; i++)
        {
            result = Do(steps[i]);
            if (!result.Ok)
            {
                return TakeBack(steps, i, result.Error);
            }
        }

        // What the disk may not have yet is gone through again.
        Errno unsure = SyncAll(steps.Select(step => step.Directory)).Error;
        return new ChangeOutcome(unsure, null) { IsLeftToNext = unsure != Errno.None };
    }

    private ChangeOutcome TakeBack(Step[] steps, int failed, Errno why)
    {
        bool isWhole = true;
        for (int i = failed - 1; i >= 0; i--)
        {
            isWhole &= Undo(steps[i]).Ok;
        }

        if (isWhole)
        {
            Clear(steps);
        }

        return new ChangeOutcome(why, steps[failed]) { IsLeftToNext = !isWhole };
    }

    private SysResult Prepare(Step step) => step switch
    {
        ReplaceLink replace => _tree.MakeLink(replace.Prepared, replace.Target),
        ReplaceFile replace => _tree.CreateLike(replace.Prepared, replace.Path, replace.Content.Span),
        MakeFile make => _tree.Create(make.Prepared, make.Mode, make.Content.Span),
        _ => SysResult.Success(),
    };

    private void Clear(Step[] steps)
    {
        foreach (PlacedStep placed in steps.OfType<PlacedStep>())
        {
            _tree.Remove(placed.Prepared);
        }
    }

    private SysResult Do(Step step) => step switch
    {
        RenameLink rename => _tree.Rename(rename.From, rename.To, mayReplace: false),
        MakeLink make => _tree.MakeLink(make.Path, make.Target),
        RemoveLink remove => _tree.Remove(remove.Path),
        MakeFile make => _tree.Rename(make.Prepared, make.Path, mayReplace: false),
        PlacedStep placed => _tree.Rename(placed.Prepared, placed.Path, mayReplace: true),
        _ => SysResult.Fail(Errno.EINVAL),
    };

    private SysResult Undo(Step step) => step switch
    {
        RenameLink rename => _tree.Rename(rename.To, rename.From, mayReplace: false),
        MakeLink make => _tree.Remove(make.Path),
        RemoveLink remove => _tree.MakeLink(remove.Path, remove.Target),
        MakeFile make => _tree.Remove(make.Path),
        _ => SysResult.Fail(Errno.EINVAL),
    };

    private SysResult Resume(Fd journal)
    {
        SysResult read = _tree.Read(TreeLock.Path, int.MaxValue - 1, out byte[] bytes);
        if (!read.Ok || bytes.Length == 0)
        {
            return read;
        }

        List<string[]> lines = Journal.Read(bytes, out bool hasBegun);
        SysResult result = SysResult.Success();
        foreach (string[] line in lines)
        {
            SysResult step = hasBegun ? DoAgain(line) : PutAway(line);
            result = result.Ok ? step : result;
        }

        if (result.Ok)
        {
            result = SyncAll(lines.Select(line => line[1][..Math.Max(line[1].LastIndexOf('/'), 1)]));
        }

        return result.Ok ? _tree.Empty(journal) : result;
    }

    // What was done already is told by the tree: the old name is gone, the new one is there.
    private SysResult DoAgain(string[] line)
    {
        SysResult result = line[0] switch
        {
            "rename" => Unless(Errno.EEXIST, _tree.Rename(line[1], line[2], mayReplace: false), () => _tree.Remove(line[1])),
            "link" => Unless(Errno.EEXIST, _tree.MakeLink(line[1], line[2]), static () => SysResult.Success()),
            "remove" => _tree.Remove(line[1]),
            "place" => _tree.Rename(line[1], line[2], mayReplace: true),
            _ => SysResult.Success(),
        };
        return result.Error == Errno.ENOENT ? SysResult.Success() : result;
    }

    private static SysResult Unless(Errno error, SysResult result, Func<SysResult> otherwise) => result.Error == error ? otherwise() : result;

    private SysResult PutAway(string[] line)
    {
        SysResult result = line[0] == "place" ? _tree.Remove(line[1]) : SysResult.Success();
        return result.Error == Errno.ENOENT ? SysResult.Success() : result;
    }

    private SysResult SyncAll(IEnumerable<string> directories)
    {
        SysResult result = SysResult.Success();
        foreach (string directory in directories.Distinct())
        {
            SysResult synced = _tree.Sync(directory);
            result = result.Ok ? synced : result;
        }

        return result;
    }
}
