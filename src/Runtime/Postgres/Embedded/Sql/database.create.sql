-- Creates the application's database with the locale of the cluster. No parameters: create database takes none.
create database serviceloop
