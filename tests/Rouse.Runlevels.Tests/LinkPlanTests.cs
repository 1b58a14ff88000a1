using System;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;

namespace Rouse.Runlevels.Tests;

/// <summary>What chkconfig's words do to the links.</summary>
public sealed class LinkPlanTests : IDisposable
{
    private readonly HostTree _host = new();

    public LinkPlanTests() => _host.Script("network", "chkconfig: 2345 10 90").Script("portmap", "chkconfig: 345 13 87").Script("nfs", "chkconfig: - 60 20");

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Add_makes_a_link_in_every_level()
    {
        Assert.Equal("", Change("portmap", (plan, script) => plan.Add(script)));
        Assert.Equal(
            ["rc0.d/K87portmap", "rc1.d/K87portmap", "rc2.d/K87portmap", "rc3.d/S13portmap", "rc4.d/S13portmap", "rc5.d/S13portmap", "rc6.d/K87portmap"],
            _host.LinksOf("portmap"));
        Assert.Equal("../init.d/portmap", new System.IO.FileInfo(_host.LevelFolder(3) + "/S13portmap").LinkTarget);
    }

    [Fact]
    public void Add_never_changes_a_link_that_is_there()
    {
        _host.Link(3, "K01portmap", "../init.d/portmap");
        Change("portmap", (plan, script) => plan.Add(script));
        Assert.Equal(["K01portmap"], _host.Links(3));
        Assert.Equal(["S13portmap"], _host.Links(4));
    }

    [Fact]
    public void A_script_of_no_level_is_off_everywhere()
    {
        Change("nfs", (plan, script) => plan.Add(script));
        Assert.Equal(7, _host.LinksOf("nfs").Length);
        Assert.All(_host.LinksOf("nfs"), link => Assert.EndsWith("K20nfs", link));
    }

    [Fact]
    public void Delete_takes_all_links_and_leaves_the_script_and_its_namesakes()
    {
        _host.Script("portmap2", "chkconfig: 345 13 87");
        Change("portmap", (plan, script) => plan.Add(script));
        Change("portmap2", (plan, script) => plan.Add(script));
        Change("portmap", (plan, script) => plan.Delete(script.Name));
        Assert.Empty(_host.LinksOf("portmap"));
        Assert.Equal(7, _host.LinksOf("portmap2").Length);
        Assert.True(System.IO.File.Exists(_host.At("etc/rc.d/init.d/portmap")));
    }

    [Fact]
    public void Names_with_glob_characters_mean_only_themselves()
    {
        _host.Script("[a-z]*", "chkconfig: 345 13 87");
        Change("portmap", (plan, script) => plan.Add(script));
        Change("[a-z]*", (plan, script) => plan.Add(script));
        Change("[a-z]*", (plan, script) => plan.Delete(script.Name));
        Assert.Equal(7, _host.LinksOf("portmap").Length);
    }

    [Fact]
    public void Of_several_links_one_stays()
    {
        _host.Link(3, "S01portmap", "../init.d/portmap").Link(3, "S13portmap", "../init.d/portmap").Link(3, "K99portmap", "/elsewhere");
        Change("portmap", (plan, script) => plan.Turn(script, Levels.Of(3), on: true));
        Assert.Equal(["S13portmap"], _host.Links(3));
        Change("portmap", (plan, script) => plan.Turn(script, Levels.Of(3), on: false));
        Assert.Equal(["K87portmap"], _host.Links(3));
    }

    [Fact]
    public void A_link_that_leads_elsewhere_is_replaced()
    {
        _host.Link(3, "S13portmap", "/gone");
        Change("portmap", (plan, script) => plan.Turn(script, Levels.Of(3), on: true));
        Assert.Equal("../init.d/portmap", new System.IO.FileInfo(_host.LevelFolder(3) + "/S13portmap").LinkTarget);
    }

    [Fact]
    public void A_file_in_a_links_place_is_not_lost()
    {
        System.IO.File.WriteAllText(_host.LevelFolder(3) + "/S13portmap", "precious");
        string before = _host.Snapshot();
        Assert.Contains("is a file, not a link", Change("portmap", (plan, script) => plan.Turn(script, Levels.Usual, on: false)));
        Assert.Equal(before, _host.Snapshot());
    }

    [Fact]
    public void Reset_and_resetpriorities()
    {
        Change("network", (plan, script) => plan.Add(script));
        Change("network", (plan, script) => plan.Turn(script, Levels.Of(3), on: false));
        _host.Script("network", "chkconfig: 2345 11 89");
        Change("network", (plan, script) => plan.ResetPriorities(script, Levels.All));
        Assert.Equal(["K89network"], _host.Links(3));
        Assert.Equal(["S11network"], _host.Links(4));
        Change("network", (plan, script) => plan.Reset(script, Levels.All));
        Assert.Equal(["S11network"], _host.Links(3));
        Assert.Equal(["K89network"], _host.Links(0));
    }

    [Fact]
    public void An_override_is_followed_where_nobody_has_chosen()
    {
        Change("portmap", (plan, script) => plan.Add(script));
        _host.Override("portmap", "chkconfig: 5 20 80");
        Change("portmap", (plan, script) => plan.Override(script));
        Assert.Equal(["K80portmap"], _host.Links(3));
        Assert.Equal(["S20portmap"], _host.Links(5));
    }

    [Fact]
    public void An_override_is_not_followed_where_somebody_has_chosen()
    {
        Change("portmap", (plan, script) => plan.Add(script));
        Change("portmap", (plan, script) => plan.Turn(script, Levels.Of(4), on: false));
        string before = _host.Snapshot();
        _host.Override("portmap", "chkconfig: 5 20 80");
        Change("portmap", (plan, script) => plan.Override(script));
        System.IO.Directory.Delete(_host.At("etc/chkconfig.d"), recursive: true);
        Assert.Equal(before, _host.Snapshot());
    }

    [Fact]
    public void An_lsb_script_starts_after_and_stops_before_what_it_needs()
    {
        _host.LsbScript("db", "3 5", "$network portmap", "# chkconfig: 35 12 60\n").LsbScript("web", "3 5", "db");
        Add("portmap", "db", "web");
        Assert.Equal(["S13portmap", "S14db", "S50web"], _host.Links(3));
        Assert.Equal(["K50web", "K60db", "K87portmap"], _host.Links(0));
    }

    [Fact]
    public void What_is_not_on_in_the_same_levels_does_not_count()
    {
        _host.LsbScript("db", "3", "", "# chkconfig: 3 70 70\n").LsbScript("web", "3 5", "db");
        Add("db", "web");
        Assert.Equal(["S50web", "S70db"], _host.Links(3));
    }

    [Fact]
    public void Those_that_need_a_service_move_with_it()
    {
        _host.LsbScript("web", "3 5", "db");
        Add("web");
        Assert.Equal(["S50web"], _host.Links(3));
        _host.LsbScript("db", "3 5", "", "# chkconfig: 35 60 40\n");
        Add("db");
        Assert.Equal(["S60db", "S61web"], _host.Links(3));
        Assert.Equal(["K39web", "K40db"], _host.Links(0));
    }

    [Fact]
    public void A_loop_is_named_and_changes_nothing()
    {
        _host.LsbScript("a", "3", "b").LsbScript("b", "3", "c").LsbScript("c", "3", "a");
        _host.Link(3, "S50b", "../init.d/b").Link(3, "S50c", "../init.d/c");
        string before = _host.Snapshot();
        Assert.Contains("a needs b needs c needs a", Change("a", (plan, script) => plan.Add(script)));
        Assert.Equal(before, _host.Snapshot());
    }

    [Fact]
    public void A_loop_of_others_is_noted_and_keeps_nobody_else_from_being_added()
    {
        _host.LsbScript("a", "3", "b").LsbScript("b", "3", "a").LsbScript("web", "3");
        _host.Link(3, "S50a", "../init.d/a").Link(3, "S50b", "../init.d/b");
        Catalogue catalogue = new(_host.Open);
        LinkPlan plan = new(_host.Open, catalogue);
        plan.Add(catalogue.Script("web")!);
        Assert.Contains("a needs b needs a", plan.Note);
        Assert.Equal("", Change("web", (p, script) => p.Add(script)));
        Assert.Equal(["S50a", "S50b", "S50web"], _host.Links(3));
    }

    [Fact]
    public void Who_needs_a_service_and_what_is_missing()
    {
        _host.LsbScript("db", "3").LsbScript("web", "3", "db $network nothere");
        Add("db", "web");
        Catalogue catalogue = new(_host.Open);
        LinkPlan plan = new(_host.Open, catalogue);
        Assert.Equal(["web"], plan.NeededBy(catalogue.Script("db")!));
        Assert.Empty(plan.NeededBy(catalogue.Script("web")!));
        Assert.Equal(["nothere"], plan.Missing(catalogue.Script("web")!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_layouts_are_found(bool underRc)
    {
        using HostTree host = new(underRc);
        host.Script("one", "chkconfig: 3 1 2");
        Catalogue catalogue = new(host.Open);
        Assert.Equal(underRc ? "/etc/rc.d" : "/etc", catalogue.Layout.Base);
        Assert.Equal("one", Assert.Single(catalogue.Scripts).Name);
        LinkPlan plan = new(host.Open, catalogue);
        plan.Add(catalogue.Scripts[0]);
        Assert.True(Transaction.Make(host.Open, () => plan.Steps).Ok);
        Assert.Equal(["S01one"], host.Links(3));
    }

    [Fact]
    public void A_link_out_of_the_tree_leads_nowhere()
    {
        using HostTree host = new(underRc: false);
        System.IO.Directory.Delete(host.At("etc/rc3.d"));
        System.IO.Directory.CreateSymbolicLink(host.At("etc/rc3.d"), "/../../../../../../tmp");
        host.Script("one", "chkconfig: 3 1 2");
        Catalogue catalogue = new(host.Open);
        LinkPlan plan = new(host.Open, catalogue);
        plan.Add(catalogue.Scripts[0]);
        string before = host.Snapshot();
        Assert.Equal(Errno.ENOENT, Transaction.Make(host.Open, () => plan.Steps).Error);
        Assert.Equal(before, host.Snapshot());
    }

    [Fact]
    public void Files_that_are_no_services_are_passed_over()
    {
        foreach (string name in (string[])[".hidden", "a~", "b,", "c.rpmsave", "d.rpmnew", "e.rpmorig", "f.swp"])
        {
            _host.Script(name, "chkconfig: 3 1 2");
        }

        System.IO.Directory.CreateDirectory(_host.At("etc/rc.d/init.d/folder"));
        Assert.Equal(["network", "nfs", "portmap"], new Catalogue(_host.Open).Scripts.Select(script => script.Name));
    }

    private void Add(params string[] names)
    {
        foreach (string name in names)
        {
            Assert.Equal("", Change(name, (plan, script) => plan.Add(script)));
        }
    }

    private string Change(string name, Action<LinkPlan, InitScript> word)
    {
        Catalogue catalogue = new(_host.Open);
        LinkPlan plan = new(_host.Open, catalogue);
        word(plan, catalogue.Script(name)!);
        ChangeOutcome outcome = Transaction.Make(_host.Open, () => plan.Steps);
        return plan.Fault.Length > 0 ? plan.Fault : outcome.Ok ? "" : outcome.Error.Describe();
    }
}
