using System;
using System.Collections.Generic;
using Rouse.Config.Attributes;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Attributes;

public sealed class AttributeTableTests
{
    [Fact]
    public void Every_attribute_lands_in_a_property_of_the_definition()
    {
        foreach (AttributeRow row in AttributeTable.Rows)
        {
            bool isSwitch = row.Id is AttributeId.Disable or AttributeId.Enabled or AttributeId.Disabled or AttributeId.Mdns;
            Assert.True(isSwitch ? row.LandsIn.Length == 0 : typeof(ServiceDefinition).GetProperty(row.LandsIn) is not null, row.Name);
        }
    }

    [Fact]
    public void Every_attribute_has_one_row_and_one_name()
    {
        HashSet<string> names = [];
        HashSet<AttributeId> ids = [];
        foreach (AttributeRow row in AttributeTable.Rows)
        {
            Assert.True(names.Add(row.Name), row.Name);
            Assert.True(ids.Add(row.Id) || row.Name is "interface", row.Name);
        }

        Assert.Equal(Enum.GetValues<AttributeId>().Length, ids.Count);
    }

    [Fact]
    public void The_attributes_that_defaults_may_hold_are_those_of_the_manual()
    {
        List<string> inDefaults = [];
        foreach (AttributeRow row in AttributeTable.Rows)
        {
            if (row.Places.HasFlag(Places.Defaults))
            {
                inDefaults.Add(row.Name);
            }
        }

        inDefaults.Sort(StringComparer.Ordinal);
        Assert.Equal(
            [
                "banner", "banner_fail", "banner_success", "bind", "cps", "disabled", "enabled", "groups", "instances", "interface",
                "log_on_failure", "log_on_success", "log_type", "max_load", "no_access", "only_from", "passenv", "per_source",
                "umask", "v6only",
            ],
            inDefaults);
    }

    [Fact]
    public void The_attributes_that_take_every_operator_are_those_of_the_manual()
    {
        List<string> cumulative = [];
        foreach (AttributeRow row in AttributeTable.Rows)
        {
            if (row.Operators == Operators.Cumulative && row.Places.HasFlag(Places.Service))
            {
                cumulative.Add(row.Name);
            }
        }

        cumulative.Sort(StringComparer.Ordinal);
        Assert.Equal(["env", "log_on_failure", "log_on_success", "no_access", "only_from", "passenv"], cumulative);
    }

    [Fact]
    public void Every_attribute_has_a_value_that_is_tried_and_one_that_is_refused()
    {
        HashSet<string> tried = [.. ValueTests.GoodValues.Keys];
        HashSet<string> refused = [.. ValueTests.AttributesRefused()];
        foreach (AttributeRow row in AttributeTable.Rows)
        {
            Assert.True(
                tried.Contains(row.Name) || row.Name is "disable" or "enabled" or "disabled" or "mdns", $"no test of a good {row.Name}");

            // Any word is a name, a path or an id; nothing follows from mdns.
            bool takesAnything = row.Name is "id" or "libwrap" or "passenv" or "mdns" or "enabled" or "disabled"
                || row.Name.StartsWith("banner", StringComparison.Ordinal);
            Assert.True(takesAnything || refused.Contains(row.Name), $"no test of a bad {row.Name}");
        }
    }
}
