"""The main job from start to end on embedded parts: what a newcomer sees first."""
