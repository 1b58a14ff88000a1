using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Rouse.Linux;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Runlevels.Tests;

/// <summary>A change is made whole or not at all, whatever comes between.</summary>
public sealed class TransactionTests : IDisposable
{
    private const string Telnet = "service telnet\n{\n\tdisable\t= yes\n\tport\t= 23\n}\n";

    private readonly HostTree _host = new();
    private readonly string _old;
    private readonly string _new;
    private readonly int _changes;

    public TransactionTests()
    {
        Prepare();
        _old = _host.Snapshot();
        FailingTree counting = new(_host.Open, int.MaxValue, Errno.None);
        Assert.True(Change(counting).Ok);
        _new = _host.Snapshot();
        _changes = counting.Changes;
        Assert.NotEqual(_old, _new);
        Assert.DoesNotContain("rouse", _new[(_new.IndexOf('\n') + 1)..]);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Killed_anywhere_the_tree_is_the_old_one_or_the_new_one()
    {
        Assert.True(_changes > 20, $"only {_changes} moments to be killed at");
        int olds = 0;
        int news = 0;
        foreach (bool isCut in (bool[])[false, true])
        {
            for (int at = 0; at < _changes; at++)
            {
                Prepare();
                Assert.Throws<KilledException>(() => Change(new FailingTree(_host.Open, at, Errno.None, isCut)));
                Transaction.Recover(_host.Open);
                Count(_host.Snapshot(), ref olds, ref news, $"killed at {at}");
            }
        }

        Assert.True(olds > 3 && news > 3, $"{olds} old, {news} new");
    }

    [Fact]
    public void Killed_again_while_what_was_left_is_put_right()
    {
        int olds = 0;
        int news = 0;
        for (int at = 0; at < _changes; at++)
        {
            for (int again = 0; again < 12; again++)
            {
                Prepare();
                Assert.Throws<KilledException>(() => Change(new FailingTree(_host.Open, at, Errno.None)));
                try
                {
                    Transaction.Recover(new FailingTree(_host.Open, again, Errno.None));
                }
                catch (KilledException)
                {
                    // Once more, then.
                }

                Transaction.Recover(_host.Open);
                Count(_host.Snapshot(), ref olds, ref news, $"killed at {at}, then at {again}");
            }
        }
    }

    [Theory]
    [InlineData(Errno.ENOSPC)]
    [InlineData(Errno.EIO)]
    public void Without_room_at_any_step_the_tree_is_the_old_one(Errno error)
    {
        int refused = 0;
        for (int at = 0; at < _changes; at++)
        {
            Prepare();
            ChangeOutcome outcome = Change(new FailingTree(_host.Open, at, error));
            Assert.Equal(outcome.Ok ? _new : _old, _host.Snapshot());
            refused += outcome.Ok ? 0 : 1;
        }

        Assert.True(refused > 5, $"{refused} refused");
    }

    [Fact]
    public void The_next_change_first_finishes_what_was_left()
    {
        Prepare();
        int at = 0;
        while (!Killed(at++) || _host.Snapshot().Contains("K87portmap", StringComparison.Ordinal) || !File.Exists(_host.At("etc/.rouse-change")))
        {
            Prepare();
        }

        Assert.True(Transaction.Make(_host.Open, () => []).Ok);
        Assert.Equal(_new, _host.Snapshot());
    }

    [Fact]
    public void Two_at_once_take_turns()
    {
        _host.Script("other", "chkconfig: 2345 40 60");
        string[] names = ["portmap", "other"];
        Thread[] threads = [.. names.Select(name => new Thread(() => TurnOften(name)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(names, name => Assert.Equal(7, _host.LinksOf(name).Length));
        Assert.False(File.Exists(_host.At("etc/.rouse-change")));
    }

    [Fact]
    public void A_journal_that_others_wrote_lines_into_is_not_obeyed_beyond_its_words()
    {
        Prepare();
        File.WriteAllText(_host.At("etc/.rouse-change"), "rouse-change 1\nremove /etc/xinetd.d/telnet x\nbegun 3 00000000\n");
        Transaction.Recover(_host.Open);
        Assert.True(File.Exists(_host.At("etc/xinetd.d/telnet")));
        Assert.False(File.Exists(_host.At("etc/.rouse-change")));
    }

    private void TurnOften(string name)
    {
        using RootedTree tree = RootedTree.Open(_host.Folder, out _)!;
        for (int i = 0; i < 20; i++)
        {
            bool on = i % 2 == 0;
            ChangeOutcome outcome = Transaction.Make(tree, () =>
            {
                Catalogue catalogue = new(tree);
                LinkPlan plan = new(tree, catalogue);
                plan.Turn(catalogue.Script(name)!, Levels.All, on);
                return plan.Steps;
            });
            Assert.True(outcome.Ok, outcome.Error.Describe());
        }
    }

    private bool Killed(int at)
    {
        try
        {
            Change(new FailingTree(_host.Open, at, Errno.None));
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    private void Count(string snapshot, ref int olds, ref int news, string when)
    {
        bool isOld = snapshot == _old;
        Assert.True(isOld || snapshot == _new, $"{when}:\n{snapshot}");
        olds += isOld ? 1 : 0;
        news += isOld ? 0 : 1;
    }

    private void Prepare()
    {
        for (int level = 0; level < Levels.Count; level++)
        {
            foreach (string link in _host.Links(level))
            {
                File.Delete(Path.Combine(_host.LevelFolder(level), link));
            }
        }

        foreach (string left in Directory.GetFiles(_host.At("etc/xinetd.d"), ".*"))
        {
            File.Delete(left);
        }

        File.Delete(_host.At("etc/new"));
        File.Delete(_host.At("etc/.rouse-change"));
        _host.Script("portmap", "chkconfig: 345 13 87").Xinetd("telnet", Telnet);
        foreach (int level in (int[])[0, 1, 2, 3])
        {
            _host.Link(level, "K87portmap", "../init.d/portmap");
        }

        _host.Link(4, "S99portmap", "../init.d/portmap").Link(4, "K99portmap", "../init.d/portmap");
    }

    // Links renamed, made and removed, a file replaced and one made: all in one change.
    private static ChangeOutcome Change(IFileTree tree) => Transaction.Make(tree, () =>
    {
        Catalogue catalogue = new(tree);
        LinkPlan plan = new(tree, catalogue);
        plan.Turn(catalogue.Script("portmap")!, Levels.All, on: true);
        byte[] content = DisableEdit.Apply(catalogue.XinetdFile("telnet")!, on: true, id: null, out _)!;
        return (List<Step>)[new ReplaceFile("/etc/xinetd.d/telnet", content), .. plan.Steps, new MakeFile("/etc/new", "new"u8.ToArray(), 0x1a4)];
    });
}
