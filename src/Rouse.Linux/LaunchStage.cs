namespace Rouse.Linux;

/// <summary>The step at which a child stopped on its way to the server's program.</summary>
public enum LaunchStage
{
    None,
    Descriptors,
    Label,
    ResourceLimit,
    Priority,
    Groups,
    Group,
    User,
    Directory,
    Exec,
    Trace,
}

/// <summary>Where and why a child never became the server.</summary>
public readonly record struct LaunchFailure(LaunchStage Stage, Errno Error);

/// <summary>The words for each stage.</summary>
public static class LaunchStageText
{
    public static string Describe(this LaunchStage stage) => stage switch
    {
        LaunchStage.None => "",
        LaunchStage.Descriptors => "placing the connection on descriptors 0, 1 and 2",
        LaunchStage.Label => "setting the security context of the peer",
        LaunchStage.ResourceLimit => "setting a resource limit",
        LaunchStage.Priority => "setting the nice value",
        LaunchStage.Groups => "setting the supplementary groups",
        LaunchStage.Group => "setting the group id",
        LaunchStage.User => "setting the user id",
        LaunchStage.Directory => "changing to the root directory",
        LaunchStage.Exec => "executing the program",
        LaunchStage.Trace => "letting itself be traced",
        _ => "stage " + ((int)stage).ToString(),
    };
}
