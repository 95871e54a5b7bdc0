export * from './components/shell'
