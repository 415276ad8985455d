using ServiceLoop.Engine.Graph;
using ServiceLoop.Engine.State;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Runtime.Instances;

/// <summary>An instance with the graph of its version.</summary>
/// <param name="Row">As it is stored.</param>
/// <param name="State">What it is.</param>
/// <param name="Graph">What it runs on; null when that does not compile here any more, for example because an activity type was taken away.</param>
public sealed record InstanceView(InstanceRow Row, WorkflowState State, WorkflowGraph? Graph);
